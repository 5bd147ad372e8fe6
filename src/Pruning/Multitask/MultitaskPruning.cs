using Endpoints.Bert;
using Endpoints.Bert.Multitask;
using Endpoints.Pruning.Baselines;
using Endpoints.Pruning.Importance;
using Endpoints.Pruning.Objectives;
using Endpoints.Pruning.Pipeline;
using Endpoints.Pruning.Runs;

namespace Endpoints.Pruning.Multitask;

/// <summary>
/// Prunes the trunk of a multitask network for one of its tasks, as the report on structured and unstructured pruning does: whole layers by that task's training loss,
/// or single weights by magnitude. The task's head stays whole, the other heads are looked at by nobody. No retraining.
/// </summary>
public static class MultitaskPruning
{
    /// <summary>Names of the methods that know networks with heads of their own.</summary>
    public static IReadOnlyList<string> Methods { get; } = [StructuredPruning.MethodName, UnstructuredPruning.MethodName];

    /// <summary>Prunes and evaluates, or continues the run that the folder holds.</summary>
    /// <param name="set">Name of the set that the task is of.</param>
    /// <param name="task">The task, encoded. Layers are ranked by training examples only; every network is scored on all three parts.</param>
    /// <param name="model">Trunk and heads; they are left as they are.</param>
    /// <param name="settings">How; <see cref="PruningSettings.MaxLength"/> was the encoding's, and is not looked at.</param>
    /// <param name="folder">The run's folder, as of <see cref="PruningRun"/>.</param>
    /// <param name="engine">Runs the networks.</param>
    /// <param name="time">The clock.</param>
    /// <param name="progress">Called at every phase and network; may be null.</param>
    /// <param name="notice">Receives sentences for the user; may be null.</param>
    /// <param name="cancellationToken">Stops between two networks; finished ones are kept.</param>
    /// <returns>Error, remaining parameters and latency of every network: trunk and the task's own head, without the others. A siamese head's example is two sequences.</returns>
    /// <exception cref="ArgumentException">The method is none of <see cref="Methods"/>, or the network has no such head.</exception>
    /// <exception cref="InvalidDataException">The folder belongs to another run, or its journal is corrupt.</exception>
    public static FrontReport Run(
        string set,
        MultitaskTaskData task,
        MultitaskParameters model,
        PruningSettings settings,
        string folder,
        CpuEngine engine,
        TimeProvider time,
        Action<PruningProgress>? progress = null,
        Action<string>? notice = null,
        CancellationToken cancellationToken = default)
    {
        TaskHead head = model.Head(task.Task.Head.Name);
        var alone = new MultitaskParameters(model.Trunk, [head]);
        HeadExamples drawn = TrainingSample.Rows(task.Train.Count, settings.Examples, settings.Seed) is { } rows ? task.Train.Only(rows) : task.Train;
        HeadEvaluator train = new(task.Task, drawn), validation = new(task.Task, task.Validation), test = new(task.Task, task.Test);
        var series = new PrunedSeries(folder, time, progress, notice);
        var whole = new Lazy<MultitaskNetwork>(() => new MultitaskNetwork(engine, alone, settings.Precision));
        IPruningMethod method = settings.Method.ToLowerInvariant() switch
        {
            StructuredPruning.MethodName => new StructuredPruning(
                model.Trunk.Config, (subNetwork, token) => train.Loss(whole.Value, subNetwork, token), drawn.Count, series.Phase),
            UnstructuredPruning.MethodName => new UnstructuredPruning(model.Trunk, settings.Options, series.Phase),
            _ => throw new ArgumentException($"Networks with heads of their own are pruned by {string.Join(" or ", Methods)}, not by '{settings.Method}'."),
        };
        LoadedNetwork Load(BertParameters trunk)
        {
            MultitaskNetwork network = trunk == model.Trunk ? whole.Value : new MultitaskNetwork(engine, new MultitaskParameters(trunk, [head]), settings.Precision);
            SubNetworkScore Score(HeadEvaluator evaluator) => (subNetwork, token) => evaluator.Score(network, subNetwork, token);
            return new LoadedNetwork(
                Score(train), Score(validation), Score(test), (subNetwork, token) => Latency(network.CreateRunner(subNetwork, head.Config.Name, lane: 0), task.Validation, time, token));
        }

        return series.Run(
            PruningRun.ConfigurationOf(
                $"{set}/{head.Config.Name}",
                Fingerprint.Of(task.Validation.AllSequences, task.Validation.Targets),
                Fingerprint.Of(alone.Tensors()),
                settings,
                method),
            method,
            new PrunedNetworkMeasure(model.Trunk, Load, CostOf(head, task.Validation), time),
            save: null,
            cancellationToken);
    }

    /// <summary>Of one example of median length.</summary>
    private static Measurement Latency(HeadRunner runner, HeadExamples examples, TimeProvider time, CancellationToken cancellationToken)
    {
        var batch = new TokenBatch();
        examples.AddTo(batch, Enumerable.Range(0, examples.Count).OrderBy(examples.Length).ElementAt(examples.Count / 2));
        var outputs = new float[runner.Config.OutputsPerExample];
        return new RunTime(time).Measure(() => runner.Run(batch, outputs), cancellationToken);
    }

    /// <summary>A cosine head projects both vectors with one matrix, and takes three products of the results.</summary>
    private static ExampleCost CostOf(TaskHead head, HeadExamples examples)
    {
        LinearParameters linear = head.Linear;
        double operations = head.Config.Kind == HeadKind.SiameseCosine ? (4.0 * linear.Weight.Length) + (6 * linear.Outputs) : 2.0 * linear.Weight.Length;
        int length = (int)Math.Round(examples.AllSequences.Average(sequence => sequence.Ids.Length));
        return new ExampleCost(head.Config.SequencesPerExample, length, linear.Weight.LongLength + linear.Bias.LongLength, operations);
    }
}
