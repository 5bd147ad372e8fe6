using System.Runtime.CompilerServices;
using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute.Threads;
using Endpoints.Pruning.Objectives;

namespace Endpoints.Pruning.Baselines;

/// <summary>
/// Any heads and units, without retraining (Kwon et al. 2022): a search by Fisher information under a budget (phase 1), an exchange that lets errors
/// cancel (phase 2), and scales for what is kept (phase 3), folded into the weights.
/// </summary>
internal sealed class RetrainingFreePruning(PruningContext context) : IPruningMethod
{
    private const int BatchSize = 32;
    private const int LatencyPoints = 16;

    private readonly IReadOnlyList<double> _levels = context.Options.LevelsOr([.. Enumerable.Range(1, 9).Select(i => i / 10.0)]);

    public string Name => "rfp";

    public bool ChangesWeights => context.Options.Tune;

    public int Count => _levels.Count + 1;

    [ModuleInitializer]
    internal static void Register() => PruningMethods.Catalog.Add("rfp", context => new RetrainingFreePruning(context));

    public IEnumerable<PrunedNetwork> Prune(int first = 0, CancellationToken cancellationToken = default)
    {
        BertConfig config = context.Parameters.Config;
        if (first == 0)
        {
            yield return new PrunedNetwork(0, SubNetwork.Full(config));
        }

        context.Phase?.Invoke($"gradients of masks over {context.Train.Count} training examples");
        long start = context.Time.GetTimestamp();
        FisherInformation fisher = FisherInformation.Of(context.Parameters, context.Train, BatchSize, context.Threads, cancellationToken);
        double gradientSeconds = Seconds(start);
        Func<double, Masks> search = Search(fisher, cancellationToken);
        using var team = new ThreadTeam(context.Threads > 0 ? context.Threads : Environment.ProcessorCount, "tune");
        var tuning = new ScaleTuning(context.Parameters, context.Train, BatchSize, team);
        foreach (double level in _levels.Skip(first - 1))
        {
            cancellationToken.ThrowIfCancellationRequested();
            start = context.Time.GetTimestamp();
            Masks masks = search(1 - level);
            double searchSeconds = Seconds(start);
            start = context.Time.GetTimestamp();
            Masks rearranged = context.Options.Rearrange ? Rearrange(masks, fisher) : masks;
            var details = new Dictionary<string, double>
            {
                ["seconds_gradients"] = gradientSeconds,
                ["seconds_search"] = searchSeconds,
                ["seconds_rearrangement"] = Seconds(start),
                ["fisher_error_before"] = Error(masks, fisher),
                ["fisher_error_after"] = Error(rearranged, fisher),
            };
            SubNetwork student = rearranged.ToSubNetwork(config);
            if (!context.Options.Tune)
            {
                yield return new PrunedNetwork(level, student) { Details = details };
                continue;
            }

            context.Phase?.Invoke($"tuning at {1 - level:0.##} of the cost");
            start = context.Time.GetTimestamp();

            // Two geometric steps: the student follows a network that is half as far away.
            TunedNetwork tuned = tuning.Tune(search(Math.Sqrt(1 - level)).ToSubNetwork(config), student, cancellationToken);
            details["seconds_tuning"] = Seconds(start);
            details["tuning_error_before"] = tuned.ErrorBefore;
            details["tuning_error_after"] = tuned.ErrorAfter;
            yield return new PrunedNetwork(level, student) { Weights = tuned.Weights, Details = details };
        }
    }

    /// <summary>Phase 1 for a share of the whole network's cost.</summary>
    private Func<double, Masks> Search(FisherInformation fisher, CancellationToken cancellationToken)
    {
        BertConfig config = context.Parameters.Config;
        double[][] heads = fisher.Heads.Diagonal(), units = fisher.Units.Diagonal();
        if (!context.Options.LatencyBudget)
        {
            int length = (int)Math.Round(context.Train.Encodings.Average(encoding => encoding.Ids.Length));
            var cost = MacCost.Of(config, length);
            return share => MacMaskSearch.Search(heads, units, cost, share * cost.Total(config));
        }

        context.Phase?.Invoke("measuring the latency of blocks");
        ISuperNetwork network = context.Engine.Load(context.Parameters, context.Precision);
        var latency = new LatencyObjective(network, LatencyObjective.TypicalBatch(context.Train), context.Time);
        double empty = latency.Evaluate(SubNetwork.Small(config, 0, 0, 0), cancellationToken).Value;
        BlockLatency Fit(int most, Func<int, SubNetwork> network) => BlockLatency.Fit([.. Counts(most).Select(count =>
            (count, Math.Max(0, latency.Evaluate(network(count), cancellationToken).Value - empty) / config.LayerCount))]);
        BlockLatency attention = Fit(config.MaxHeads, count => SubNetwork.Small(config, config.LayerCount, count, 0));
        BlockLatency feedForward = Fit(config.MaxUnits, count => SubNetwork.Small(config, config.LayerCount, 0, count));
        double whole = config.Layers.Sum(layer => attention.Of(layer.Heads) + feedForward.Of(layer.Units));
        return share => LatencyMaskSearch.Search(heads, units, attention, feedForward, share * whole);
    }

    /// <summary>Some counts up to the most, evenly spread.</summary>
    private static IEnumerable<int> Counts(int most) => Enumerable.Range(1, LatencyPoints).Select(i => Math.Max(1, i * most / LatencyPoints)).Distinct();

    private static Masks Rearrange(Masks masks, FisherInformation fisher) => new(
        [.. masks.Heads.Zip(fisher.Heads.ByLayer, MaskRearrangement.Rearrange)], [.. masks.Units.Zip(fisher.Units.ByLayer, MaskRearrangement.Rearrange)]);

    private static double Error(Masks masks, FisherInformation fisher) =>
        masks.Heads.Zip(fisher.Heads.ByLayer, MaskRearrangement.Error).Sum() + masks.Units.Zip(fisher.Units.ByLayer, MaskRearrangement.Error).Sum();

    private double Seconds(long start) => context.Time.GetElapsedTime(start).TotalSeconds;
}
