using System.Globalization;
using Endpoints.Bert;
using Endpoints.Bert.Training;
using Endpoints.Pruning.Batches;

namespace Endpoints.Pruning.FineTuning;

/// <summary>A fine-tuning that is run epoch by epoch, so that a scheduler may end it between two.</summary>
internal sealed class FineTuningSession
{
    private readonly ITrainer _trainer;
    private readonly IFineTuningStrategy _strategy;
    private readonly FineTuningOptions _options;
    private readonly LabelledEncodings _examples;
    private readonly float[]? _teacher;
    private readonly TimeProvider _time;
    private readonly Pace _pace;
    private readonly LinearSchedule _schedule;
    private readonly PassCosts _costs;
    private int _epochs;

    /// <summary>Checks options and examples before any pass.</summary>
    /// <param name="trainer">Holds the weights.</param>
    /// <param name="strategy">What a step does.</param>
    /// <param name="options">How to fine-tune.</param>
    /// <param name="examples">What to learn.</param>
    /// <param name="teacher">A fixed teacher's logits of all examples; null without one.</param>
    /// <param name="time">The clock.</param>
    public FineTuningSession(
        ITrainer trainer, IFineTuningStrategy strategy, FineTuningOptions options, LabelledEncodings examples, float[]? teacher, TimeProvider time)
    {
        options.Validate();
        examples.CheckFit(trainer.Config);
        if (teacher is not null && teacher.Length != examples.Encodings.Count * trainer.Config.LabelCount)
        {
            throw new ArgumentException(
                $"A teacher of {examples.Encodings.Count} sequences and {trainer.Config.LabelCount} labels has {examples.Encodings.Count * trainer.Config.LabelCount} logits, this one {teacher.Length}.");
        }

        (_trainer, _strategy, _options, _examples, _teacher, _time) = (trainer, strategy, options, examples, teacher, time);
        _pace = new Pace(examples.Count, options, time);
        _schedule = new LinearSchedule(options.LearningRate, _pace.WarmUpSteps, _pace.TotalSteps);
        _costs = new PassCosts(trainer.Config, time);
    }

    /// <summary>True when all epochs were run.</summary>
    public bool IsFinished => _epochs == _options.Epochs;

    /// <summary>What the passes cost so far.</summary>
    public IReadOnlyList<PassCost> Costs => _costs.Summary;

    /// <summary>Runs the next epoch and scores it.</summary>
    /// <param name="validate">Scores the trainer's weights after an epoch, from 1; larger is better.</param>
    /// <param name="progress">Called after every step; may be null.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <exception cref="InvalidDataException">The loss or the gradient stopped being a number.</exception>
    public EpochResult RunEpoch(Func<int, double> validate, Action<FineTuningProgress>? progress, CancellationToken cancellationToken)
    {
        if (IsFinished)
        {
            throw new InvalidOperationException($"All {_epochs} epochs were run.");
        }

        int epoch = ++_epochs;
        (double before, long tokens) = (_pace.TrainingSeconds, _pace.Tokens);
        double loss = Train(epoch, progress, cancellationToken);
        double score = _pace.TimeValidation(() => validate(epoch));
        return new EpochResult(epoch, loss, score, _pace.TrainingSeconds - before, _pace.Tokens - tokens);
    }

    private double Train(int epoch, Action<FineTuningProgress>? progress, CancellationToken cancellationToken)
    {
        int[] order = [.. Enumerable.Range(0, _examples.Count)];
        RandomStream.Create(_options.Seed, "shuffle", epoch).Shuffle(order);
        var batch = new TokenBatch();
        double lossSum = 0;
        foreach (int[] rows in order.Chunk(_options.BatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            long start = _time.GetTimestamp();
            batch.Clear();
            foreach (int row in rows)
            {
                _examples.AddTo(batch, row);
            }

            int step = _pace.Steps;
            float rate = _schedule.Rate(step);
            float loss = _strategy.Accumulate(new TrainingStep
            {
                Trainer = _examples.Choices > 1 ? new ChoiceTrainer(_trainer, _examples.Choices) : _trainer,
                Batch = batch,
                LabelLoss = _examples.CreateLoss(rows),
                Index = step,
                TotalSteps = _pace.TotalSteps,
                Random = RandomStream.Create(_options.Seed, "sub-networks", step),
                TeacherLogits = TeacherOf(rows),
                Costs = _costs,
            });
            float norm = _trainer.Step(rate);
            CheckFinite(loss, norm, epoch, step, rate);
            lossSum += (double)loss * rows.Length;
            _pace.Add(rows.Length, batch.TokenCount, _time.GetElapsedTime(start));
            progress?.Invoke(new FineTuningProgress(
                epoch, _pace.Steps, _pace.TotalSteps, loss, rate, norm, _pace.ExamplesPerSecond, _pace.TokensPerSecond, _pace.Remaining(epoch)));
        }

        return lossSum / _examples.Count;
    }

    private float[]? TeacherOf(int[] rows)
    {
        if (_teacher is null)
        {
            return null;
        }

        int labels = _trainer.Config.LabelCount * _examples.Choices;
        float[] logits = new float[rows.Length * labels];
        for (int i = 0; i < rows.Length; i++)
        {
            _teacher.AsSpan(rows[i] * labels, labels).CopyTo(logits.AsSpan(i * labels));
        }

        return logits;
    }

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
