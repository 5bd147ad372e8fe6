using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;

namespace Endpoints.Pruning.Objectives;

/// <summary>
/// Measures a <see cref="LatencyTable"/>: sub-networks that keep only attention blocks, or only feed-forward blocks, of one size, in one layer and in all of them. What the others add is
/// the cost of a layer that others follow.
/// </summary>
/// <param name="config">Shape of the super-network.</param>
/// <param name="measure">Milliseconds that a sub-network takes.</param>
internal sealed class LatencyTableBuilder(BertConfig config, Func<SubNetwork, double> measure)
{
    private const int UnitSteps = 16;
    private const int Checks = 8;

    /// <summary>Measures every entry, then checks the sums against whole runs.</summary>
    /// <param name="measuredOn">See <see cref="LatencyTable.MeasuredOn"/>.</param>
    public LatencyTable Build(string measuredOn)
    {
        int[] units = [.. Enumerable.Range(0, UnitSteps + 1).Select(step => config.MaxUnits * step / UnitSteps).Distinct()];
        double nothing = measure(Stack(0, 0, 0));
        (double Inner, double Last)[] attention = [.. Enumerable.Range(0, config.MaxHeads + 1).Select(heads => Block(heads, 0, nothing))];
        (double Inner, double Last)[] feedForward = [.. units.Select(count => Block(0, count, nothing))];
        var table = new LatencyTable
        {
            MeasuredOn = measuredOn,
            Fixed = nothing,
            Attention = [.. attention.Select(block => block.Inner)],
            LastAttention = [.. attention.Select(block => block.Last)],
            Units = units,
            FeedForward = [.. feedForward.Select(block => block.Inner)],
            LastFeedForward = [.. feedForward.Select(block => block.Last)],
        };
        double[] deviations = [.. Samples().Select(sample => (Sum: table.Of(sample), Run: measure(sample))).Select(pair => Math.Abs(pair.Sum - pair.Run) / pair.Run)];
        return table with { MeanDeviation = deviations.Average(), WorstDeviation = deviations.Max() };
    }

    /// <summary>A block's cost in a layer that others follow and in the last one. Noise may make a tiny one negative: it then costs nothing.</summary>
    private (double Inner, double Last) Block(int heads, int units, double nothing)
    {
        if (heads == 0 && units == 0)
        {
            return (0, 0);
        }

        double one = measure(Stack(1, heads, units));
        double last = Math.Max(0, one - nothing);
        return config.LayerCount == 1 ? (last, last) : (Math.Max(0, (measure(Stack(config.LayerCount, heads, units)) - one) / (config.LayerCount - 1)), last);
    }

    private SubNetwork Stack(int layers, int heads, int units) => SubNetwork.Small(config, layers, heads, units);

    /// <summary>Random sub-networks of several layers, always the same ones.</summary>
    private IEnumerable<SubNetwork> Samples()
    {
        var random = new Random(0);
        for (int i = 0; i < Checks; i++)
        {
            yield return SubNetwork.Medium(
                config,
                [.. config.Layers.Select(shape => random.Next(shape.Heads + 1))],
                [.. config.Layers.Select(shape => random.Next(shape.Units + 1))]);
        }
    }
}
