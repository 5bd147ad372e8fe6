using Endpoints.Bert.Training;
using Endpoints.Pruning.Batches;

namespace Endpoints.Pruning.FineTuning;

/// <summary>
/// Fine-tunes a super-network: epochs over the examples in an order shuffled anew for each, ragged batches, linear schedule, a validation after every epoch.
/// </summary>
/// <param name="trainer">Holds the weights; its own settings rule clipping, decay and dropout.</param>
/// <param name="strategy">Which sub-networks take part in a step.</param>
/// <param name="options">How to fine-tune.</param>
/// <param name="time">The clock for rates and time left.</param>
public sealed class FineTuner(ITrainer trainer, IFineTuningStrategy strategy, FineTuningOptions options, TimeProvider time)
{
    /// <value>A fixed teacher's logits of all examples, (examples × labels) in their order, which strategies then follow; null (default) without one.</value>
    public float[]? TeacherLogits { get; init; }

    /// <summary>Runs all epochs.</summary>
    /// <param name="examples">What to learn.</param>
    /// <param name="validate">Scores the trainer's weights after an epoch (from 1); larger is better, NaN is worst.</param>
    /// <param name="keep">
    /// Keeps a copy of the trainer's weights after an epoch, over any earlier copy: called for each epoch that is better than all before it, or for the
    /// last one alone, as <see cref="FineTuningOptions.Keep"/> says.
    /// </param>
    /// <param name="progress">Called after every step; may be null.</param>
    /// <param name="epochDone">Called after every epoch and its validation; may be null.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <exception cref="InvalidDataException">The loss or the gradient stopped being a number.</exception>
    public FineTuningResult Run(
        LabelledEncodings examples,
        Func<int, double> validate,
        Action<int> keep,
        Action<FineTuningProgress>? progress = null,
        Action<EpochResult>? epochDone = null,
        CancellationToken cancellationToken = default)
    {
        var session = new FineTuningSession(trainer, strategy, options, examples, TeacherLogits, time);
        var epochs = new List<EpochResult>();
        EpochResult? kept = null;
        while (!session.IsFinished)
        {
            EpochResult result = session.RunEpoch(validate, progress, cancellationToken);
            epochs.Add(result);
            epochDone?.Invoke(result);
            if (options.Keep == KeptEpoch.Last ? session.IsFinished : kept is null || IsBetter(result.Score, kept.Score))
            {
                kept = result;
                keep(result.Epoch);
            }
        }

        return new FineTuningResult(epochs, kept!) { Passes = session.Costs };
    }

    /// <summary>True when a score is better than the best so far; anything is better than NaN.</summary>
    internal static bool IsBetter(double score, double best) => score > best || (double.IsNaN(best) && !double.IsNaN(score));
}
