using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Training;
using Endpoints.Compute;
using Endpoints.Pruning.Batches;
using Endpoints.Pruning.FineTuning;
using Endpoints.Pruning.SearchSpaces.Sampling;
using Endpoints.Pruning.Statistics;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Pruning.Pipeline;

/// <summary>How a super-network is fine-tuned.</summary>
public sealed record TrainingSettings
{
    /// <value>Name of the strategy. Default <c>full</c>.</value>
    public string Strategy { get; init; } = "full";

    /// <value>Search space that the strategy draws sub-networks from. Default <c>small</c>.</value>
    public string Space { get; init; } = "small";

    /// <value>Name of the rule that the space's sub-networks are drawn by. Default <c>paper</c>.</value>
    public string Sampling { get; init; } = PaperSampling.Name;

    /// <value>Switches of the strategy. Default the paper's.</value>
    public StrategyOptions StrategyOptions { get; init; } = new();

    /// <value>A fixed teacher of the same task, which sub-networks (by <c>standard</c>, the super-network) follow in place of the super-network; null (default) without one.</value>
    public Checkpoint? Teacher { get; init; }

    /// <value>Epochs, batches, learning rate.</value>
    public FineTuningOptions FineTuning { get; init; } = new();

    /// <value>Optimiser, dropout, threads.</value>
    public TrainerOptions Trainer { get; init; } = new();

    /// <value>Longest input in tokens; longer texts are cut. Default 128.</value>
    public int MaxLength { get; init; } = 128;

    /// <value>What weights are scored in after every epoch and on the test part; they are trained in float32. Default float32.</value>
    public Precision ScoredIn { get; init; }
}

/// <summary>How fast a training's passes and updates ran, validation left out.</summary>
/// <param name="Precision">What the large products ran in.</param>
/// <param name="Threads">Threads that shared each pass.</param>
/// <param name="TokensPerSecond">Tokens of the examples; a step's several passes count once.</param>
/// <param name="OperationsPerSecond">Operations of all matrix products, forward and backward; a multiply-add counts 2.</param>
/// <param name="PeakOperationsPerSecond">What the processor can do at most in that precision on those threads, measured after the training.</param>
public sealed record TrainingSpeed(Precision Precision, int Threads, double TokensPerSecond, double OperationsPerSecond, double PeakOperationsPerSecond)
{
    /// <summary>The share of the peak that was reached.</summary>
    public double ShareOfPeak => OperationsPerSecond / PeakOperationsPerSecond;
}

/// <summary>A fine-tuned super-network and how it went.</summary>
/// <param name="Checkpoint">The kept weights, with their scores on validation and test.</param>
/// <param name="FineTuning">Every epoch.</param>
/// <param name="TestScore">The task's metric on the test part.</param>
/// <param name="Speed">How fast it ran.</param>
public sealed record TrainingOutcome(Checkpoint Checkpoint, FineTuningResult FineTuning, double TestScore, TrainingSpeed Speed)
{
    /// <value>95 % confidence interval of <see cref="TestScore"/>.</value>
    public ConfidenceInterval TestInterval { get; init; }
}

/// <summary>From a task and a checkpoint to a fine-tuned super-network.</summary>
public static class SuperNetworkTraining
{
    /// <summary>Fine-tunes; the start's weights are changed.</summary>
    /// <param name="data">The task.</param>
    /// <param name="start">Where to start: pretrained, or random.</param>
    /// <param name="settings">How.</param>
    /// <param name="engine">Scores the weights after every epoch.</param>
    /// <param name="time">The clock.</param>
    /// <param name="progress">Called after every step; may be null.</param>
    /// <param name="epochDone">Called after every epoch and its validation; may be null.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    public static TrainingOutcome Run(
        TaskData data,
        Checkpoint start,
        TrainingSettings settings,
        CpuEngine engine,
        TimeProvider time,
        Action<FineTuningProgress>? progress = null,
        Action<EpochResult>? epochDone = null,
        CancellationToken cancellationToken = default)
    {
        RequireSameLabels(data.Definition, start.Config);
        LabelledEncodings Encode(IReadOnlyList<Example> examples) => TaskEncodings.Encode(data.Definition, examples, start, settings.MaxLength);
        Evaluator EvaluatorOf(IReadOnlyList<Example> examples) => new(Encode(examples), data.Definition.Metric, lanes: engine.LaneCount);
        Evaluator validation = EvaluatorOf(data.Validation);
        SubNetwork whole = SubNetwork.Full(start.Config);
        IFineTuningStrategy strategy = Catalogs.FineTuningStrategies.Create(
            settings.Strategy, new StrategyContext(Catalogs.Samplings.Create(settings.Sampling, Catalogs.SearchSpaces.Create(settings.Space, start.Config)), settings.StrategyOptions));
        LabelledEncodings train = Encode(data.Train);
        float[]? teacherLogits = settings.Teacher is { } teacher ? TeacherLogits.Of(data.Definition, data.Train, train, start, teacher, settings.MaxLength, engine, cancellationToken) : null;

        BertParameters kept = start.Parameters;
        EvaluationResult? keptValidation = null, lastValidation = null;
        FineTuningResult result;
        TrainingSpeed speed;
        using (var trainer = new Trainer(start.Parameters, settings.Trainer))
        {
            result = new FineTuner(trainer, strategy, settings.FineTuning, time) { TeacherLogits = teacherLogits }.Run(
                train,
                _ => (lastValidation = validation.Evaluate(engine.Load(trainer.Parameters, settings.ScoredIn), whole, cancellationToken)).Score,
                _ => (kept, keptValidation) = (trainer.Parameters.Clone(), lastValidation),
                progress,
                epochDone,
                cancellationToken);
            speed = Speed(trainer, result);
        }

        EvaluationResult test = EvaluatorOf(data.Test).Evaluate(engine.Load(kept, settings.ScoredIn), whole, cancellationToken);
        EndpointMetadata metadata = Describe(data, start.Config, keptValidation!, test, settings.ScoredIn);
        return new TrainingOutcome(start with { Parameters = kept, HasFreshHead = false, Metadata = metadata }, result, test.Score, speed) { TestInterval = test.Interval };
    }

    private static TrainingSpeed Speed(Trainer trainer, FineTuningResult result)
    {
        double seconds = result.Epochs.Sum(epoch => epoch.Seconds);
        return new TrainingSpeed(
            trainer.Precision, trainer.Threads, result.Epochs.Sum(epoch => epoch.Tokens) / seconds, trainer.Operations / seconds, trainer.MeasurePeak());
    }

    private static EndpointMetadata Describe(TaskData data, BertConfig config, EvaluationResult validation, EvaluationResult test, Precision scoredIn)
    {
        long parameters = ParameterCount.Sliced(config, SubNetwork.Full(config));
        string metric = data.Definition.MetricName;
        return new EndpointMetadata
        {
            Task = data.Definition.Name,
            Split = "test",
            MeasuredIn = scoredIn,
            Metrics = new MetricTable().Add(metric, test).Add($"validation_{metric}", validation).Figures,
            Parameters = parameters,
            PaperParameters = ParameterCount.Paper(config, SubNetwork.Full(config)),
            ParentParameters = parameters,
        };
    }

    private static void RequireSameLabels(TaskDefinition definition, BertConfig config)
    {
        if (definition.ProblemType == ProblemType.MultipleChoice && config.Architecture == Architecture.Roberta)
        {
            throw new TaskException($"The task {definition.Name} is a multiple choice, whose head RoBERTa lays out in another way than it does for labels: start from a BERT.");
        }

        int expected = definition.OutputNames.Length;
        if (config.LabelCount != expected || config.ProblemType != definition.ProblemType)
        {
            throw new TaskException(
                $"The task {definition.Name} is a {definition.ProblemType} with {expected} outputs, the model is a {config.ProblemType} with {config.LabelCount}: "
                + "start from a checkpoint without a classifier head, or with one for this task.");
        }
    }
}
