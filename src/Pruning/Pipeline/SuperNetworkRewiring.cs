using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;
using Endpoints.Pruning.Batches;
using Endpoints.Pruning.Importance;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Pruning.Pipeline;

/// <summary>How a super-network is rewired.</summary>
public sealed record RewiringSettings
{
    /// <value>Also reorders whole layers, by what the loss rises by without each. Default false: <b>it changes what the network computes</b>.</value>
    public bool Layers { get; init; }

    /// <value>Training examples that scores are taken over, drawn at random; 0 takes all. Default 2,048.</value>
    public int Examples { get; init; } = 2048;

    /// <value>Seed of that draw. Default 0.</value>
    public int Seed { get; init; }

    /// <value>Longest input in tokens. Default 128.</value>
    public int MaxLength { get; init; } = 128;

    /// <value>Threads; 0 (default) takes every processor.</value>
    public int Threads { get; init; }
}

/// <summary>A rewired super-network.</summary>
/// <param name="Checkpoint">Its weights, with a note of the rewiring.</param>
/// <param name="LargestDifference">Largest difference of a logit on the validation examples to those before; of the order of 1e-6 unless layers were reordered.</param>
/// <param name="ScoreBefore">The metric on the validation examples before.</param>
/// <param name="ScoreAfter">The metric after.</param>
/// <param name="LayerOrder">Which layer came first, second and so on; null where they stay.</param>
public sealed record RewiringOutcome(Checkpoint Checkpoint, double LargestDifference, double ScoreBefore, double ScoreAfter, IReadOnlyList<int>? LayerOrder);

/// <summary>
/// Puts the heads and units that matter most first in each layer, so that the prefixes that SMALL and MEDIUM keep are the best ones. To be done between
/// plain fine-tuning (or none) and super-network training.
/// </summary>
public static class SuperNetworkRewiring
{
    /// <summary>Scores heads and units by |dL/dm| over training examples, reorders them, and compares the logits before and after.</summary>
    /// <param name="data">The task; scores are of its training part alone.</param>
    /// <param name="start">The fine-tuned network; it stays as it is.</param>
    /// <param name="settings">How.</param>
    /// <param name="engine">Runs the comparison.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    public static RewiringOutcome Run(
        TaskData data, Checkpoint start, RewiringSettings settings, CpuEngine engine, CancellationToken cancellationToken = default)
    {
        LabelledEncodings train = TrainingSample.Draw(TaskEncodings.Encode(data.Definition, data.Train, start, settings.MaxLength), settings.Examples, settings.Seed);
        var validation = new Evaluator(TaskEncodings.Encode(data.Definition, data.Validation, start, settings.MaxLength), data.Definition.Metric.Score, lanes: engine.LaneCount);
        SubNetwork whole = SubNetwork.Full(start.Config);
        ISuperNetwork network = engine.Load(start.Parameters, Precision.Float32);
        float[] before = validation.Logits(network, whole, cancellationToken);

        MaskImportance importance = MaskImportance.Of(start.Parameters, train, threads: settings.Threads, cancellationToken: cancellationToken);
        BertParameters rewired = Rewiring.ReorderWithinLayers(
            start.Parameters, [.. importance.Heads.Select(MaskImportance.Order)], [.. importance.Units.Select(MaskImportance.Order)]);
        int[]? layers = settings.Layers ? LayerOrder(network, train, engine, cancellationToken) : null;
        rewired = layers is null ? rewired : Rewiring.ReorderLayers(rewired, layers);

        float[] after = validation.Logits(engine.Load(rewired, Precision.Float32), whole, cancellationToken);
        string note = $"heads and units by |dL/dm| over {train.Count} training examples"
            + (layers is null ? "" : $"; layers {string.Join(",", layers)} by loss increase, which changed what the network computes");
        return new RewiringOutcome(
            start with { Parameters = rewired, Metadata = (start.Metadata ?? new EndpointMetadata()) with { Rewiring = note, Metrics = layers is null ? start.Metadata?.Metrics ?? new Dictionary<string, double>() : new Dictionary<string, double>() } },
            before.Zip(after).Max(pair => Math.Abs((double)pair.First - pair.Second)),
            validation.Score(before),
            validation.Score(after),
            layers);
    }

    private static int[] LayerOrder(ISuperNetwork network, LabelledEncodings train, CpuEngine engine, CancellationToken cancellationToken) =>
        MaskImportance.Order(LayerImportance.LossIncrease(network, new Evaluator(train, (_, _) => double.NaN, lanes: engine.LaneCount), cancellationToken));
}
