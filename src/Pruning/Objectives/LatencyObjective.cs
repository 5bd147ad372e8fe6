using System.Runtime.CompilerServices;
using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Batches;

namespace Endpoints.Pruning.Objectives;

/// <summary>
/// Milliseconds that one batch takes on this machine: after a warm-up, the median of each of several rounds of repeated runs, and of these the least.
/// A median shrugs off single interruptions, the least median also a neighbour that was busy for a whole round.
/// </summary>
/// <remarks>Tokenization is outside. The default batch is one validation example of median length, which is what an endpoint answers when it is idle.</remarks>
internal sealed class LatencyObjective(
    ISuperNetwork superNetwork, TokenBatch batch, TimeProvider time, int warmUps = 3, int rounds = 3, int repeats = 11) : IObjective
{
    private readonly float[] _logits = new float[batch.Count * superNetwork.Config.LabelCount];

    public string Name => "latency";

    public string Unit => "ms";

    public static TokenBatch TypicalBatch(LabelledEncodings examples)
    {
        var batch = new TokenBatch();
        examples.AddTo(batch, Enumerable.Range(0, examples.Count).OrderBy(examples.TokensOf).ElementAt(examples.Count / 2));
        return batch;
    }

    [ModuleInitializer]
    internal static void Register() => Catalogs.Objectives.Add(
        "latency", context => new LatencyObjective(context.SuperNetwork, TypicalBatch(context.Validation.Examples), context.Time));

    public Measurement Evaluate(SubNetwork subNetwork, CancellationToken cancellationToken = default)
    {
        IClassifier classifier = superNetwork.CreateClassifier(subNetwork, lane: 0);
        for (int i = 0; i < warmUps; i++)
        {
            classifier.Classify(batch, _logits);
        }

        double[] medians = [.. Enumerable.Range(0, rounds).Select(_ => MedianOfRound(classifier, cancellationToken))];
        return new Measurement(medians.Min(), new Dictionary<string, double> { ["latency_slowest_round"] = medians.Max() });
    }

    private double MedianOfRound(IClassifier classifier, CancellationToken cancellationToken)
    {
        double[] milliseconds = new double[repeats];
        for (int i = 0; i < repeats; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long start = time.GetTimestamp();
            classifier.Classify(batch, _logits);
            milliseconds[i] = time.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(milliseconds);
        return (milliseconds[(repeats - 1) / 2] + milliseconds[repeats / 2]) / 2;
    }
}
