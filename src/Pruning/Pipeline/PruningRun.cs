using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;
using Endpoints.Pruning.Baselines;
using Endpoints.Pruning.Batches;
using Endpoints.Pruning.Importance;
using Endpoints.Pruning.Objectives;
using Endpoints.Pruning.Runs;
using Endpoints.Pruning.Runs.Storage.Folders;
using Endpoints.Pruning.SearchSpaces;
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
        int finished = 0;
        int total = 0;
        IPruningMethod method = PruningMethods.Catalog.Create(settings.Method, new PruningContext
        {
            Parameters = model.Parameters,
            Train = train,
            Engine = engine,
            Options = settings.Options,
            Precision = settings.Precision,
            Threads = settings.Threads,
            Time = time,
            Phase = phase => progress?.Invoke(new PruningProgress(finished, total, phase, null)),
        });
        total = method.Count;
        RunConfiguration configuration = ConfigurationOf(data, model, settings, method, validation);
        RunFolder.Create(folder);
        using FileStream held = FileLock.TryTake(Path.Combine(folder, "journal.lock"))
            ?? throw new IOException($"Another run is using {folder}: wait until it ends, or use another folder.");
        using TrialJournal journal = TrialJournal.Open(folder, configuration);
        List<Trial> trials = [.. journal.ReadNew()];
        if (journal.Notice is { } repaired)
        {
            notice?.Invoke(repaired);
        }

        var measure = new PrunedNetworkMeasure(model.Parameters, EvaluatorOf(train), EvaluatorOf(validation), EvaluatorOf(Encode(data.Test)), engine, settings.Precision, time);
        finished = trials.Count;
        int before = finished;
        long start = time.GetTimestamp();
        foreach (PrunedNetwork network in finished < total ? method.Prune(before, cancellationToken) : [])
        {
            cancellationToken.ThrowIfCancellationRequested();
            Trial trial = measure.Evaluate(finished, network, cancellationToken);
            save?.Invoke(trial, network.Weights ?? SubNetworkExtractor.Extract(model.Parameters, network.SubNetwork));
            journal.Append(trial);
            trials.Add(trial);
            finished++;
            progress?.Invoke(new PruningProgress(finished, total, null, time.GetElapsedTime(start) / (finished - before) * (total - finished)));
        }

        var report = new FrontReport(configuration, trials);
        FrontFiles.Write(folder, report);
        return report;
    }

    /// <summary>A detail of a trial; NaN where the trial has none.</summary>
    public static double Detail(Trial trial, string name) => trial.Details.TryGetValue(name, out double value) ? value : double.NaN;

    /// <summary>
    /// Where a method changes weights, the fingerprint says so: <c>export</c>, which cuts trials out of the super-network, then refuses instead of writing
    /// other weights than were measured.
    /// </summary>
    private static RunConfiguration ConfigurationOf(TaskData data, Checkpoint model, PruningSettings settings, IPruningMethod method, LabelledEncodings validation)
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
        string weights = Fingerprint.Of(model.Parameters);
        return new RunConfiguration
        {
            Task = data.Definition.Name,
            Validation = Fingerprint.Of(validation),
            SuperNetwork = method.ChangesWeights ? $"{weights}, changed by {method.Name}" : weights,
            Space = "pruning",
            Method = string.Join(' ', [method.Name, .. switches]),
            Seed = settings.Seed,
            Precision = settings.Precision,
            Objectives = Objectives,
        };
    }
}

/// <summary>Scores, counts and times the networks of a series.</summary>
internal sealed class PrunedNetworkMeasure(
    BertParameters parameters, Evaluator train, Evaluator validation, Evaluator test, CpuEngine engine, Precision precision, TimeProvider time)
{
    private readonly ISuperNetwork _whole = engine.Load(parameters, precision);

    public Trial Evaluate(int id, PrunedNetwork pruned, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        BertConfig config = parameters.Config;
        SubNetwork structure = pruned.SubNetwork;
        (ISuperNetwork network, SubNetwork running) = pruned.Weights is { } weights
            ? (engine.Load(weights, precision), SubNetwork.Full(weights.Config))
            : (_whole, structure);
        double score = validation.Score(network, running, cancellationToken);
        Measurement latency = new LatencyObjective(network, LatencyObjective.TypicalBatch(validation.Examples), time).Evaluate(running, cancellationToken);
        long stored = ParameterCount.Sliced(config, structure), whole = ParameterCount.Sliced(config, SubNetwork.Full(config));
        int length = (int)Math.Round(validation.Examples.Encodings.Average(encoding => encoding.Ids.Length));
        IEnumerable<KeyValuePair<string, double>> figures =
        [
            new("level", pruned.Level),
            new(PruningRun.Sparsity, 1 - ((stored - pruned.Zeroed) / (double)whole)),
            new("train_score", train.Score(network, running, cancellationToken)),
            new("validation_score", score),
            new("test_score", test.Score(network, running, cancellationToken)),
            new("gflop_executed", OperationCount.Executed(config, structure, length) / 1e9),
            new("gflop_full", OperationCount.Full(config, structure, length) / 1e9),
            .. latency.Details ?? new Dictionary<string, double>(),
            .. pruned.Details,
        ];
        return new Trial
        {
            Id = id,
            Point = new SearchPoint(id),
            SubNetwork = structure.ToString(),
            Values = [double.IsNaN(score) ? 1 : 1 - score, stored - pruned.Zeroed, latency.Value],
            Parameters = stored,
            PaperParameters = ParameterCount.Paper(config, structure),

            // An undefined score (a correlation of constants) is left out: JSON has no word for it.
            Details = new SortedDictionary<string, double>(figures.Where(figure => double.IsFinite(figure.Value)).ToDictionary(), StringComparer.Ordinal),
            Seconds = time.GetElapsedTime(start).TotalSeconds,
        };
    }
}
