using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Objectives;

namespace Endpoints.Pruning.StandAlone;

/// <summary>The validation error of a sub-network that is fine-tuned on its own, in its best epoch: what <c>error</c> means in a stand-alone search.</summary>
/// <param name="evaluator">Fine-tunes.</param>
public sealed class StandAloneError(StandAloneEvaluator evaluator) : IObjective
{
    /// <value>Asked after every epoch but the last, with the sub-network, the epoch (from 1) and its error, whether the trial goes on; null (default) lets all run to their end.</value>
    public Func<SubNetwork, int, double, bool>? GoesOn { get; init; }

    /// <inheritdoc/>
    public string Name => "error";

    /// <inheritdoc/>
    public string Unit => "";

    /// <inheritdoc/>
    public Measurement Evaluate(SubNetwork subNetwork, CancellationToken cancellationToken = default)
    {
        using StandAloneTrial trial = evaluator.Start(subNetwork);
        double error;
        do
        {
            error = trial.RunEpoch(cancellationToken);
        }
        while (!trial.IsFinished && (GoesOn is null || GoesOn(subNetwork, trial.EpochsDone, error)));

        return trial.Stop();
    }
}
