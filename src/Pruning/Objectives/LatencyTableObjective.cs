using System.Globalization;
using System.Runtime.CompilerServices;
using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;

namespace Endpoints.Pruning.Objectives;

/// <summary>
/// Latency from a table of blocks that is measured once, at first use: the paper's latency objective (appendix F) without its noise, and known to a method before anything runs. Takes what
/// <see cref="LatencyObjective"/> takes, so both give milliseconds of the same batch.
/// </summary>
internal sealed class LatencyTableObjective : IExactObjective
{
    /// <summary>Beyond this the user is told that the sums do not hold here.</summary>
    private const double MostDeviation = 0.1;

    private readonly Lazy<LatencyTable> _table;

    public LatencyTableObjective(ObjectiveContext context)
    {
        BertConfig config = context.SuperNetwork.Config;
        if (config.Layers.Distinct().Count() != 1)
        {
            throw new ArgumentException(
                $"The objective latency-table needs a super-network of equal layers; this one has {config.LayerCount} of {config.Layers.Distinct().Count()} shapes. Use latency instead.");
        }

        _table = new Lazy<LatencyTable>(() => Load(context));
    }

    public string Name => "latency-table";

    public string Unit => "ms";

    [ModuleInitializer]
    internal static void Register() => Catalogs.Objectives.Add("latency-table", context => new LatencyTableObjective(context));

    public double ValueOf(SubNetwork subNetwork) => _table.Value.Of(subNetwork);

    private static LatencyTable Load(ObjectiveContext context)
    {
        BertConfig config = context.SuperNetwork.Config;
        TokenBatch batch = LatencyObjective.TypicalBatch(context.Validation.Examples);
        string measuredOn = string.Create(
            CultureInfo.InvariantCulture,
            $"{context.Device}; {context.SuperNetwork.Precision}; {config.LayerCount} layers of {config.Layers[0].Heads} heads of {config.HeadSize} and {config.Layers[0].Units} units; "
            + $"hidden size {config.HiddenSize}; {batch.TokenCount} tokens");
        if (context.Folder is { } folder && LatencyTableFile.Read(folder, measuredOn) is { } kept)
        {
            return kept;
        }

        var latency = new LatencyObjective(context.SuperNetwork, batch, context.Time);
        LatencyTable table = new LatencyTableBuilder(config, subNetwork => latency.Evaluate(subNetwork).Value).Build(measuredOn);
        if (context.Folder is not null)
        {
            LatencyTableFile.Write(context.Folder, table);
        }

        string verdict = table.WorstDeviation <= MostDeviation ? "" : " That is more than 10 %: on this machine or at this size the objective latency is the better choice.";
        context.Notice?.Invoke(string.Create(
            CultureInfo.InvariantCulture,
            $"Latency table measured: its sums are {100 * table.MeanDeviation:0.0} % from whole runs on average, {100 * table.WorstDeviation:0.0} % at worst.{verdict}"));
        return table;
    }
}
