using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Baselines;
using Endpoints.Pruning.Objectives;
using Endpoints.Pruning.SearchSpaces;

namespace Endpoints.Pruning.Pipeline;

/// <summary>A score of sub-networks of loaded weights; NaN where it is undefined.</summary>
internal delegate double SubNetworkScore(SubNetwork subNetwork, CancellationToken cancellationToken);

/// <summary>Weights that are loaded: what sub-networks of them score on three parts of a task, and take for one typical example.</summary>
internal sealed record LoadedNetwork(SubNetworkScore Train, SubNetworkScore Validation, SubNetworkScore Test, Func<SubNetwork, CancellationToken, Measurement> Latency);

/// <summary>What decides the cost of one example besides the BERT.</summary>
/// <param name="Sequences">Sequences that are encoded, each by itself.</param>
/// <param name="Length">Mean tokens of a sequence.</param>
/// <param name="HeadParameters">Parameters of a head that the BERT's config does not know. Default 0.</param>
/// <param name="HeadOperations">Floating-point operations of that head. Default 0.</param>
internal readonly record struct ExampleCost(int Sequences, int Length, long HeadParameters = 0, double HeadOperations = 0);

/// <summary>Scores, counts and times the networks of a series.</summary>
/// <param name="parameters">The whole network.</param>
/// <param name="load">Makes weights of its shape, or of a smaller one, ready to run.</param>
/// <param name="example">What an example costs besides.</param>
/// <param name="time">The clock.</param>
internal sealed class PrunedNetworkMeasure(BertParameters parameters, Func<BertParameters, LoadedNetwork> load, ExampleCost example, TimeProvider time)
{
    private readonly Lazy<LoadedNetwork> _whole = new(() => load(parameters));

    public Trial Evaluate(int id, PrunedNetwork pruned, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        BertConfig config = parameters.Config;
        SubNetwork structure = pruned.SubNetwork;
        (LoadedNetwork network, SubNetwork running) = pruned.Weights is { } weights
            ? (load(weights), SubNetwork.Full(weights.Config))
            : (_whole.Value, structure);
        double score = network.Validation(running, cancellationToken);
        Measurement latency = network.Latency(running, cancellationToken);
        long stored = Parameters(structure), whole = Parameters(SubNetwork.Full(config));
        IEnumerable<KeyValuePair<string, double>> figures =
        [
            new("level", pruned.Level),
            new(PruningRun.Sparsity, 1 - ((stored - pruned.Zeroed) / (double)whole)),
            new("train_score", network.Train(running, cancellationToken)),
            new("validation_score", score),
            new("test_score", network.Test(running, cancellationToken)),
            new("gflop_executed", Operations(OperationCount.Executed(config, structure, example.Length))),
            new("gflop_full", Operations(OperationCount.Full(config, structure, example.Length))),
            .. latency.Details ?? new Dictionary<string, double>(),
            .. pruned.Details,
        ];
        return new Trial
        {
            Id = id,
            Point = new SearchPoint(id),
            SubNetwork = structure.ToString(),
            Values = [double.IsNaN(score) ? 1 : 1 - score, stored - pruned.Zeroed, latency.Value],
            Parameters = stored,
            PaperParameters = ParameterCount.Paper(config, structure) + example.HeadParameters,

            // An undefined score (a correlation of constants) is left out: JSON has no word for it.
            Details = new SortedDictionary<string, double>(figures.Where(figure => double.IsFinite(figure.Value)).ToDictionary(), StringComparer.Ordinal),
            Seconds = time.GetElapsedTime(start).TotalSeconds,
        };
    }

    private long Parameters(SubNetwork structure) => ParameterCount.Sliced(parameters.Config, structure) + example.HeadParameters;

    /// <summary>Billions for one example.</summary>
    private double Operations(double sequence) => ((example.Sequences * sequence) + example.HeadOperations) / 1e9;
}
