using Endpoints.Bert.SubNetworks;

namespace Endpoints.Pruning.Objectives;

/// <summary>
/// Milliseconds that blocks of each size take, measured once; a sub-network's latency is the sum over what it keeps. The last layer has entries of its own, for the engine computes
/// only the first token there.
/// </summary>
internal sealed record LatencyTable
{
    /// <value>What was measured and on what: the table counts for nothing else.</value>
    public required string MeasuredOn { get; init; }

    /// <value>Embeddings, pooler and classifier.</value>
    public required double Fixed { get; init; }

    /// <value>An attention block of 0, 1, 2, ... heads in a layer that others follow.</value>
    public required double[] Attention { get; init; }

    /// <value>The same in the last layer.</value>
    public required double[] LastAttention { get; init; }

    /// <value>Numbers of units that were measured, ascending from 0; between two of them times are interpolated.</value>
    public required int[] Units { get; init; }

    /// <value>A feed-forward block of each of <see cref="Units"/> in a layer that others follow.</value>
    public required double[] FeedForward { get; init; }

    /// <value>The same in the last layer.</value>
    public required double[] LastFeedForward { get; init; }

    /// <value>How far the table was from whole runs of random sub-networks, as a share of what these took: the mean.</value>
    public double MeanDeviation { get; init; }

    /// <value>The worst of them.</value>
    public double WorstDeviation { get; init; }

    /// <summary>The sum for a sub-network, in milliseconds.</summary>
    public double Of(SubNetwork subNetwork)
    {
        double sum = Fixed;
        LayerSelection[] layers = [.. subNetwork.Layers.Where(layer => !layer.IsEmpty)];
        for (int i = 0; i < layers.Length; i++)
        {
            bool isLast = i == layers.Length - 1;
            sum += (isLast ? LastAttention : Attention)[layers[i].Heads.Count];
            sum += Interpolate(isLast ? LastFeedForward : FeedForward, layers[i].Units.Count);
        }

        return sum;
    }

    private double Interpolate(double[] times, int units)
    {
        int found = Array.BinarySearch(Units, units);
        if (found >= 0)
        {
            return times[found];
        }

        int above = ~found;
        double share = (units - Units[above - 1]) / (double)(Units[above] - Units[above - 1]);
        return times[above - 1] + (share * (times[above] - times[above - 1]));
    }
}
