using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;
using Endpoints.Pruning.Baselines;
using Endpoints.Pruning.Batches;
using Endpoints.Pruning.Importance;
using Endpoints.Pruning.Objectives;
using Endpoints.Pruning.Runs;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Pruning.Pipeline;

/// <summary>How a network is pruned by a baseline.</summary>
public sealed record PruningSettings
{
    /// <value>Name of the method: heads, rfp, structured or unstructured.</value>
    public required string Method { get; init; }

    /// <value>The method's switches.</value>
    public PruningOptions Options { get; init; } = new();

    /// <value>Training examples that the method looks at and that training scores are of, drawn at random; 0 takes all. Default 2,048.</value>
    public int Examples { get; init; } = 2048;

    /// <value>Seed of that draw. Default 0.</value>
    public int Seed { get; init; }

    /// <value>Longest input in tokens. Default 128.</value>
    public int MaxLength { get; init; } = 128;

    /// <value>What networks run in while they are scored and timed. Default float32.</value>
    public Precision Precision { get; init; }

    /// <value>Threads of gradients and solvers; 0 (default) takes every processor.</value>
    public int Threads { get; init; }
}

/// <summary>Where a pruning run stands.</summary>
/// <param name="Finished">Networks evaluated, those of an earlier run included.</param>
/// <param name="Total">Networks of the series.</param>
/// <param name="Phase">What the method does now; null while a network is evaluated.</param>
/// <param name="Remaining">Estimated time left; null before this run's first network.</param>
public readonly record struct PruningProgress(int Finished, int Total, string? Phase, TimeSpan? Remaining);

/// <summary>From a task and a fine-tuned network to a series of pruned ones, each scored, counted and timed: trials in the format of a search.</summary>
public static class PruningRun
{
    /// <summary>The share of all parameters that is gone, 0 to 1: of a trial's details.</summary>
    public const string Sparsity = "sparsity";

    private static readonly ObjectiveInfo[] Objectives = [new("error", ""), new("parameters", ""), new("latency", "ms")];

    /// <summary>Prunes and evaluates, or continues the run that the folder holds.</summary>
    /// <param name="data">The task. Methods look at training examples only; every network is scored on all three parts.</param>
    /// <param name="model">The fine-tuned network.</param>
    /// <param name="settings">How.</param>
    /// <param name="folder">The run's folder: <c>journal.jsonl</c>, <c>trials.csv</c>, <c>front.csv</c>, <c>front.json</c>.</param>
    /// <param name="engine">Runs the networks.</param>
    /// <param name="time">The clock.</param>
    /// <param name="progress">Called at every phase and network; may be null.</param>
    /// <param name="notice">Receives sentences for the user; may be null.</param>
    /// <param name="save">Receives each network's trial and, in its own shapes, its weights, as it is evaluated; may be null.</param>
    /// <param name="cancellationToken">Stops between two networks; finished ones are kept.</param>
    /// <returns>Error, remaining parameters and latency of every network; other figures are among each trial's details.</returns>
    /// <exception cref="InvalidDataException">The folder belongs to another run, or its journal is corrupt.</exception>
    public static FrontReport Run(
        TaskData data,
        Checkpoint model,
        PruningSettings settings,
        string folder,
        CpuEngine engine,
        TimeProvider time,
        Action<PruningProgress>? progress = null,
        Action<string>? notice = null,
        Action<Trial, BertParameters>? save = null,
        CancellationToken cancellationToken = default)
    {
        LabelledEncodings Encode(IReadOnlyList<Example> examples) => TaskEncodings.Encode(data.Definition, examples, model, settings.MaxLength);
        LabelledEncodings validation = Encode(data.Validation);
        LabelledEncodings train = TrainingSample.Draw(Encode(data.Train), settings.Examples, settings.Seed);
        train.CheckFit(model.Config);
        Evaluator EvaluatorOf(LabelledEncodings examples) => new(examples, data.Definition.Metric.Score, lanes: engine.LaneCount);
        var series = new PrunedSeries(folder, time, progress, notice);
        IPruningMethod method = PruningMethods.Catalog.Create(settings.Method, new PruningContext
        {
            Parameters = model.Parameters,
            Train = train,
            Engine = engine,
            Options = settings.Options,
            Precision = settings.Precision,
            Threads = settings.Threads,
            Time = time,
            Phase = series.Phase,
        });
        Evaluator onTrain = EvaluatorOf(train), onValidation = EvaluatorOf(validation), onTest = EvaluatorOf(Encode(data.Test));
        LoadedNetwork Load(BertParameters weights)
        {
            ISuperNetwork network = engine.Load(weights, settings.Precision);
            var latency = new LatencyObjective(network, LatencyObjective.TypicalBatch(validation), time);
            SubNetworkScore Score(Evaluator evaluator) => (subNetwork, token) => evaluator.Score(network, subNetwork, token);
            return new LoadedNetwork(Score(onTrain), Score(onValidation), Score(onTest), latency.Evaluate);
        }

        int length = (int)Math.Round(validation.Encodings.Average(encoding => encoding.Ids.Length));
        return series.Run(
            ConfigurationOf(data.Definition.Name, Fingerprint.Of(validation), Fingerprint.Of(model.Parameters), settings, method),
            method,
            new PrunedNetworkMeasure(model.Parameters, Load, new ExampleCost(Sequences: 1, length), time),
            save is null ? null : (trial, network) => save(trial, network.Weights ?? SubNetworkExtractor.Extract(model.Parameters, network.SubNetwork)),
            cancellationToken);
    }

    /// <summary>A detail of a trial; NaN where the trial has none.</summary>
    public static double Detail(Trial trial, string name) => trial.Details.TryGetValue(name, out double value) ? value : double.NaN;

    /// <summary>
    /// What a run's trials depend on. Where a method changes weights, the fingerprint of the super-network says so: <c>export</c>, which cuts trials out of the super-network, then refuses instead of writing
    /// other weights than were measured.
    /// </summary>
    /// <param name="task">Name of the task.</param>
    /// <param name="validation">Fingerprint of the validation examples.</param>
    /// <param name="weights">Fingerprint of the network's weights.</param>
    /// <param name="settings">How it is pruned.</param>
    /// <param name="method">The method.</param>
    internal static RunConfiguration ConfigurationOf(string task, string validation, string weights, PruningSettings settings, IPruningMethod method)
    {
        PruningOptions options = settings.Options;
        string[] switches =
        [
            .. options.NormalizeLayers ? (string[])[] : ["unnormalised"],
            .. options.Exact ? (string[])["exact"] : [],
            .. options.ProtectedHeads > 0 ? (string[])[$"protect={options.ProtectedHeads}"] : [],
            .. options.LatencyBudget ? (string[])["latency"] : [],
            .. options.Rearrange ? (string[])[] : ["unarranged"],
            .. options.Tune ? (string[])[] : ["untuned"],
            .. options.PerLayer ? (string[])["per-layer"] : [],
            .. options.Levels is { } levels ? (string[])[FormattableString.Invariant($"levels={string.Join('/', levels)}")] : [],
            .. settings.Examples != 2048 ? (string[])[$"examples={settings.Examples}"] : [],
        ];
        return new RunConfiguration
        {
            Task = task,
            Validation = validation,
            SuperNetwork = method.ChangesWeights ? $"{weights}, changed by {method.Name}" : weights,
            Space = "pruning",
            Method = string.Join(' ', [method.Name, .. switches]),
            Seed = settings.Seed,
            Precision = settings.Precision,
            Objectives = Objectives,
        };
    }
}
