using System.Globalization;
using Endpoints.Bert;
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
        options.Validate();
        examples.CheckFit(trainer.Config);
        var run = new Pace(examples.Count, options, time);
        var schedule = new LinearSchedule(options.LearningRate, run.WarmUpSteps, run.TotalSteps);
        var epochs = new List<EpochResult>();
        EpochResult? kept = null;
        for (int epoch = 1; epoch <= options.Epochs; epoch++)
        {
            (double before, long tokens) = (run.TrainingSeconds, run.Tokens);
            double loss = RunEpoch(epoch, examples, schedule, run, progress, cancellationToken);
            double score = run.TimeValidation(() => validate(epoch));
            var result = new EpochResult(epoch, loss, score, run.TrainingSeconds - before, run.Tokens - tokens);
            epochs.Add(result);
            epochDone?.Invoke(result);
            if (options.Keep == KeptEpoch.Last ? epoch == options.Epochs : kept is null || IsBetter(score, kept.Score))
            {
                kept = result;
                keep(epoch);
            }
        }

        return new FineTuningResult(epochs, kept!);
    }

    private double RunEpoch(
        int epoch, LabelledEncodings examples, LinearSchedule schedule, Pace pace, Action<FineTuningProgress>? progress, CancellationToken cancellationToken)
    {
        int[] order = [.. Enumerable.Range(0, examples.Count)];
        RandomStream.Create(options.Seed, "shuffle", epoch).Shuffle(order);
        var batch = new TokenBatch();
        double lossSum = 0;
        foreach (int[] rows in order.Chunk(options.BatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            long start = time.GetTimestamp();
            batch.Clear();
            foreach (int row in rows)
            {
                examples.AddTo(batch, row);
            }

            int step = pace.Steps;
            float rate = schedule.Rate(step);
            float loss = strategy.Accumulate(new TrainingStep
            {
                Trainer = examples.Choices > 1 ? new ChoiceTrainer(trainer, examples.Choices) : trainer,
                Batch = batch,
                LabelLoss = examples.CreateLoss(rows),
                Index = step,
                TotalSteps = pace.TotalSteps,
                Random = RandomStream.Create(options.Seed, "sub-networks", step),
            });
            float norm = trainer.Step(rate);
            CheckFinite(loss, norm, epoch, step, rate);
            lossSum += (double)loss * rows.Length;
            pace.Add(rows.Length, batch.TokenCount, time.GetElapsedTime(start));
            progress?.Invoke(new FineTuningProgress(
                epoch, pace.Steps, pace.TotalSteps, loss, rate, norm, pace.ExamplesPerSecond, pace.TokensPerSecond, pace.Remaining(epoch)));
        }

        return lossSum / examples.Count;
    }

    private static bool IsBetter(double score, double best) => score > best || (double.IsNaN(best) && !double.IsNaN(score));

    private static void CheckFinite(float loss, float norm, int epoch, int step, float rate)
    {
        if (!float.IsFinite(loss) || !float.IsFinite(norm))
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"Fine-tuning diverged: loss {loss} and gradient norm {norm} at step {step + 1} (epoch {epoch}, learning rate {rate:g3}). Try a lower learning rate or a warm-up."));
        }
    }
}
