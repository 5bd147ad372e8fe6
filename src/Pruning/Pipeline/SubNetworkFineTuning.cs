using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Training;
using Endpoints.Compute;
using Endpoints.Pruning.Batches;
using Endpoints.Pruning.FineTuning;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Pruning.Pipeline;

/// <summary>How a chosen sub-network is fine-tuned further.</summary>
public sealed record SubNetworkFineTuningSettings
{
    /// <value>Default 3 epochs, of which the best on validation is kept.</value>
    public FineTuningOptions FineTuning { get; init; } = new() { Epochs = 3, Keep = KeptEpoch.Best };

    /// <value>Temperature, T² and label term of the distillation. Default the paper's.</value>
    public StrategyOptions Distillation { get; init; } = new();

    /// <value>Optimiser, dropout, threads.</value>
    public TrainerOptions Trainer { get; init; } = new();

    /// <value>Longest input in tokens; longer texts are cut. Default 128.</value>
    public int MaxLength { get; init; } = 128;

    /// <value>What the sub-network is scored in. Default float32.</value>
    public Precision ScoredIn { get; init; }
}

/// <summary>A sub-network that was fine-tuned further, and what it gained.</summary>
/// <param name="Checkpoint">The sub-network at its own shape, with its scores before and after.</param>
/// <param name="FineTuning">Every epoch.</param>
/// <param name="ValidationBefore">As cut from the super-network, on validation.</param>
/// <param name="ValidationAfter">Fine-tuned, on validation.</param>
/// <param name="TestBefore">As cut, on test.</param>
/// <param name="TestAfter">Fine-tuned, on test.</param>
public sealed record SubNetworkFineTuningOutcome(
    Checkpoint Checkpoint, FineTuningResult FineTuning, EvaluationResult ValidationBefore, EvaluationResult ValidationAfter, EvaluationResult TestBefore, EvaluationResult TestAfter);

/// <summary>
/// Further fine-tuning of a sub-network that a search chose, once its structure is fixed: it is cut out and trains at its own shape, on the labels and on the
/// super-network's logits, which are computed once and without dropout.
/// </summary>
public static class SubNetworkFineTuning
{
    /// <summary>Fine-tunes; the super-network stays as it is.</summary>
    /// <param name="data">The task.</param>
    /// <param name="superNetwork">Where the sub-network is cut from; its teacher.</param>
    /// <param name="parent">The super-network's folder or name, for <c>endpoint.json</c>.</param>
    /// <param name="subNetwork">Which sub-network.</param>
    /// <param name="settings">How.</param>
    /// <param name="engine">Runs teacher, validation and test.</param>
    /// <param name="time">The clock.</param>
    /// <param name="progress">Called after every step; may be null.</param>
    /// <param name="epochDone">Called after every epoch and its validation; may be null.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    public static SubNetworkFineTuningOutcome Run(
        TaskData data,
        Checkpoint superNetwork,
        string parent,
        SubNetwork subNetwork,
        SubNetworkFineTuningSettings settings,
        CpuEngine engine,
        TimeProvider time,
        Action<FineTuningProgress>? progress = null,
        Action<EpochResult>? epochDone = null,
        CancellationToken cancellationToken = default)
    {
        LabelledEncodings Encode(IReadOnlyList<Example> examples) => TaskEncodings.Encode(data.Definition, examples, superNetwork, settings.MaxLength);
        Evaluator EvaluatorOf(IReadOnlyList<Example> examples) => new(Encode(examples), data.Definition.Metric, lanes: engine.LaneCount);
        (Evaluator validation, Evaluator test) = (EvaluatorOf(data.Validation), EvaluatorOf(data.Test));
        LabelledEncodings train = Encode(data.Train);
        train.CheckFit(superNetwork.Config);
        float[] teacher = TeacherLogits.Of(data.Definition, data.Train, train, superNetwork, superNetwork, settings.MaxLength, engine, cancellationToken);

        BertParameters student = SubNetworkExtractor.Extract(superNetwork.Parameters, subNetwork), kept = student;
        EvaluationResult Score(Evaluator evaluator, BertParameters weights) =>
            evaluator.Evaluate(engine.Load(weights, settings.ScoredIn), SubNetwork.Full(weights.Config), cancellationToken);
        (EvaluationResult validationBefore, EvaluationResult testBefore) = (Score(validation, student), Score(test, student));
        FineTuningResult result;
        using (var trainer = new Trainer(student, settings.Trainer))
        {
            result = new FineTuner(trainer, new StandardStrategy(settings.Distillation), settings.FineTuning, time) { TeacherLogits = teacher }.Run(
                train,
                _ => Score(validation, trainer.Parameters).Score,
                _ => kept = trainer.Parameters.Clone(),
                progress,
                epochDone,
                cancellationToken);
        }

        (EvaluationResult validationAfter, EvaluationResult testAfter) = (Score(validation, kept), Score(test, kept));
        string metric = data.Definition.MetricName;
        var metadata = new EndpointMetadata
        {
            SubNetwork = subNetwork.ToString(),
            Parent = parent,
            Task = data.Definition.Name,
            Split = "test",
            MeasuredIn = settings.ScoredIn,
            Metrics = new MetricTable()
                .Add(metric, testAfter).Add($"validation_{metric}", validationAfter)
                .Add($"{metric}_before_finetuning", testBefore).Add($"validation_{metric}_before_finetuning", validationBefore)
                .Add("finetuning_epochs", result.Kept.Epoch).Figures,
            Parameters = ParameterCount.Sliced(superNetwork.Config, subNetwork),
            PaperParameters = ParameterCount.Paper(superNetwork.Config, subNetwork),
            ParentParameters = ParameterCount.Sliced(superNetwork.Config, SubNetwork.Full(superNetwork.Config)),
        };
        var checkpoint = new Checkpoint { Config = kept.Config, Parameters = kept, Tokenizer = superNetwork.Tokenizer, Metadata = metadata };
        return new SubNetworkFineTuningOutcome(checkpoint, result, validationBefore, validationAfter, testBefore, testAfter);
    }
}
