using System.Runtime.CompilerServices;
using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Batches;

namespace Endpoints.Pruning.Objectives;

/// <summary>Milliseconds that one batch takes on this machine, measured as <see cref="RunTime"/> does.</summary>
/// <remarks>Tokenization is outside. The default batch is one validation example of median length, which is what an endpoint answers when it is idle.</remarks>
internal sealed class LatencyObjective(
    ISuperNetwork superNetwork, TokenBatch batch, TimeProvider time, int warmUps = 3, int rounds = 3, int repeats = 11) : IObjective
{
    private readonly float[] _logits = new float[batch.Count * superNetwork.Config.LabelCount];
    private readonly RunTime _runTime = new(time, warmUps, rounds, repeats);

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
        return _runTime.Measure(() => classifier.Classify(batch, _logits), cancellationToken);
    }
}
