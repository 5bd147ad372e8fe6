using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Objectives;

namespace Endpoints.Pruning.StandAlone;

/// <summary>The validation error of a sub-network that is fine-tuned on its own, in its best epoch: what <c>error</c> means in a stand-alone search (the paper calls this standard NAS).</summary>
/// <param name="evaluator">Fine-tunes.</param>
public sealed class StandAloneError(StandAloneEvaluator evaluator) : IEpochObjective
{
    internal const string ObjectiveName = "error";

    /// <inheritdoc/>
    public string Name => ObjectiveName;

    /// <inheritdoc/>
    public string Unit => "";

    /// <inheritdoc/>
    public Measurement Evaluate(SubNetwork subNetwork, CancellationToken cancellationToken = default) => Evaluate(subNetwork, (_, _) => true, cancellationToken);

    /// <inheritdoc/>
    public Measurement Evaluate(SubNetwork subNetwork, Func<int, double, bool> goesOn, CancellationToken cancellationToken = default)
    {
        using StandAloneTrial trial = evaluator.Start(subNetwork);
        double error;
        do
        {
            error = trial.RunEpoch(cancellationToken);
        }
        while (!trial.IsFinished && goesOn(trial.EpochsDone, error));

        return trial.Stop();
    }
}
