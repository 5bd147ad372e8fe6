using System.Globalization;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.Multitask;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Training;
using Endpoints.Pruning.FineTuning;

namespace Endpoints.Pruning.Multitask;

/// <summary>A trained multitask network and how it went.</summary>
/// <param name="Checkpoint">The kept weights, with their scores.</param>
/// <param name="Epochs">Every epoch.</param>
/// <param name="Kept">The epoch whose weights were kept.</param>
/// <param name="Test">Scores of the kept weights on the test parts.</param>
public sealed record MultitaskOutcome(MultitaskCheckpoint Checkpoint, IReadOnlyList<MultitaskEpoch> Epochs, MultitaskEpoch Kept, MultitaskScores Test);

/// <summary>
/// Trains one trunk and its heads on every task of a set: each step takes a batch of each task. An epoch is as many steps as the set's epoch task has batches; the
/// learning rate falls linearly over the steps.
/// </summary>
public sealed class MultitaskTraining
{
    private readonly MultitaskData _data;
    private readonly MultitaskTrainingSettings _settings;
    private readonly CpuEngine _engine;
    private readonly TimeProvider _time;
    private readonly ExampleStream[] _streams;
    private readonly int _stepsPerEpoch;

    /// <summary>Prepares a training.</summary>
    /// <param name="data">The tasks.</param>
    /// <param name="settings">How.</param>
    /// <param name="engine">Scores the weights after every epoch.</param>
    /// <param name="time">The clock.</param>
    public MultitaskTraining(MultitaskData data, MultitaskTrainingSettings settings, CpuEngine engine, TimeProvider time)
    {
        settings.FineTuning.Validate();
        (_data, _settings, _engine, _time) = (data, settings, engine, time);
        _streams = [.. data.Tasks.Select(task => new ExampleStream(task.Train, task.Task.BatchSize ?? settings.FineTuning.BatchSize, settings.FineTuning.Seed))];
        _stepsPerEpoch = _streams.First(stream => stream.Examples.Head.Name == data.Set.EpochTask).BatchesPerPass;
    }

    /// <value>Hears of every step; null (default) where nobody listens.</value>
    public Action<MultitaskProgress>? Progress { get; init; }

    /// <value>Hears of every epoch; null (default) where nobody listens.</value>
    public Action<MultitaskEpoch>? EpochDone { get; init; }

    /// <summary>Runs all epochs; the start's weights are changed.</summary>
    /// <param name="start">Trunk and a head for each task.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <exception cref="InvalidDataException">The loss or the gradient stopped being a number.</exception>
    public MultitaskOutcome Run(MultitaskCheckpoint start, CancellationToken cancellationToken = default)
    {
        FineTuningOptions options = _settings.FineTuning;
        HeadEvaluator[] validation = [.. _data.Tasks.Select(task => new HeadEvaluator(task.Task, task.Validation))];
        var epochs = new List<MultitaskEpoch>();
        MultitaskParameters kept = start.Parameters;
        MultitaskEpoch? best = null;
        using (var trainer = new MultitaskTrainer(start.Parameters, _settings.Trainer))
        {
            int totalSteps = checked(options.Epochs * _stepsPerEpoch);
            var schedule = new LinearSchedule(options.LearningRate, Math.Min((int)Math.Ceiling(options.WarmUp * totalSteps), totalSteps - 1), totalSteps);
            for (int number = 1; number <= options.Epochs; number++)
            {
                (double[] losses, double seconds, long tokens) = RunEpoch(trainer, number, schedule, totalSteps, cancellationToken);
                var epoch = new MultitaskEpoch(number, losses, Score(validation, trainer.Parameters, cancellationToken), seconds, tokens);
                epochs.Add(epoch);
                EpochDone?.Invoke(epoch);
                if (options.Keep == KeptEpoch.Last ? number == options.Epochs : best is null || IsBetter(epoch, best))
                {
                    best = epoch;
                    kept = trainer.Parameters.Clone();
                }
            }
        }

        MultitaskScores test = Score([.. _data.Tasks.Select(task => new HeadEvaluator(task.Task, task.Test))], kept, cancellationToken);
        return new MultitaskOutcome(start with { Parameters = kept, Metadata = Describe(kept, best!.Validation, test) }, epochs, best, test);
    }

    private (double[] Losses, double Seconds, long Tokens) RunEpoch(MultitaskTrainer trainer, int number, LinearSchedule schedule, int totalSteps, CancellationToken cancellationToken)
    {
        SubNetwork whole = SubNetwork.Full(trainer.Parameters.Trunk.Config);
        var sums = new double[_streams.Length];
        var batch = new TokenBatch();
        long tokens = 0, start = _time.GetTimestamp();
        for (int i = 0; i < _stepsPerEpoch; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int step = ((number - 1) * _stepsPerEpoch) + i;
            double loss = 0;
            for (int task = 0; task < _streams.Length; task++)
            {
                float taskLoss = Accumulate(trainer, whole, _streams[task], batch);
                sums[task] += taskLoss;
                loss += taskLoss;
                tokens += batch.TokenCount;
                if (_settings.Interleaving == Interleaving.Alternating || task == _streams.Length - 1)
                {
                    CheckFinite(loss, trainer.Step(schedule.Rate(step)), number, step);
                }
            }

            TimeSpan remaining = _time.GetElapsedTime(start) / (i + 1) * (totalSteps - step - 1);
            Progress?.Invoke(new MultitaskProgress(number, step + 1, totalSteps, loss, remaining));
        }

        return ([.. sums.Select(sum => sum / _stepsPerEpoch)], _time.GetElapsedTime(start).TotalSeconds, tokens);
    }

    private static float Accumulate(MultitaskTrainer trainer, SubNetwork whole, ExampleStream stream, TokenBatch batch)
    {
        int[] rows = stream.Next();
        batch.Clear();
        foreach (int row in rows)
        {
            stream.Examples.AddTo(batch, row);
        }

        HeadConfig head = stream.Examples.Head;
        return trainer.Accumulate(whole, head.Name, batch, stream.Examples.CreateLoss(rows), new float[rows.Length * head.OutputsPerExample]);
    }

    private MultitaskScores Score(HeadEvaluator[] evaluators, MultitaskParameters parameters, CancellationToken cancellationToken)
    {
        var network = new MultitaskNetwork(_engine, parameters, _settings.ScoredIn);
        SubNetwork whole = SubNetwork.Full(network.Config);
        return new MultitaskScores([.. evaluators.Select(evaluator => evaluator.Evaluate(network, whole, cancellationToken))]);
    }

    private EndpointMetadata Describe(MultitaskParameters parameters, MultitaskScores validation, MultitaskScores test)
    {
        BertConfig config = parameters.Trunk.Config;
        long count = parameters.Count(SubNetwork.Full(config));
        return new EndpointMetadata
        {
            Task = _data.Set.Name,
            Split = "test",
            MeasuredIn = _settings.ScoredIn,
            Metrics = new SortedDictionary<string, double>(test.Named("").Concat(validation.Named("validation_")).ToDictionary(), StringComparer.Ordinal),
            Parameters = count,
            PaperParameters = count,
            ParentParameters = count,
        };
    }

    private static bool IsBetter(MultitaskEpoch epoch, MultitaskEpoch best) =>
        epoch.Validation.Overall > best.Validation.Overall || (double.IsNaN(best.Validation.Overall) && !double.IsNaN(epoch.Validation.Overall));

    private static void CheckFinite(double loss, float norm, int epoch, int step)
    {
        if (!double.IsFinite(loss) || !float.IsFinite(norm))
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"Training diverged: loss {loss} and gradient norm {norm} at step {step + 1} (epoch {epoch}). Try a lower learning rate or a warm-up."));
        }
    }
}
