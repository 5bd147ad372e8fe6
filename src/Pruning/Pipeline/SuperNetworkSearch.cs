using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;
using Endpoints.Pruning.Batches;
using Endpoints.Pruning.FineTuning;
using Endpoints.Pruning.Objectives;
using Endpoints.Pruning.Runs;
using Endpoints.Pruning.Runs.Storage;
using Endpoints.Pruning.SearchMethods;
using Endpoints.Pruning.SearchSpaces;
using Endpoints.Pruning.SearchSpaces.Sampling;
using Endpoints.Pruning.StandAlone;
using Endpoints.Pruning.Statistics;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Pruning.Pipeline;

/// <summary>How sub-networks are searched.</summary>
public sealed record SearchSettings
{
    /// <value>Name of the search space. Default <c>small</c>.</value>
    public string Space { get; init; } = "small";

    /// <value>Name of the rule that the space's points are drawn by. Default <c>paper</c>.</value>
    public string Sampling { get; init; } = PaperSampling.Name;

    /// <value>Name of the search method. Default <c>local</c>.</value>
    public string Method { get; init; } = "local";

    /// <value>Names of what is minimised. Default error, parameters and latency.</value>
    public IReadOnlyList<string> Objectives { get; init; } = ["error", "parameters", "latency"];

    /// <value>Trials to have in the end. Default 100.</value>
    public int Trials { get; init; } = 100;

    /// <value>Seed of the method. Default 0.</value>
    public int Seed { get; init; }

    /// <value>Longest input in tokens. Default 128.</value>
    public int MaxLength { get; init; } = 128;

    /// <value>Ends evaluations of sub-networks that are dominated beyond doubt, whose error then is an estimate. Default false.</value>
    public bool StopDominated { get; init; }

    /// <value>Fine-tunes every sub-network on its own from the weights given, which then are the pretrained ones; null (default) shares a super-network's weights.</value>
    public StandAloneSettings? StandAlone { get; init; }

    /// <value>Name of the trial scheduler that ends a stand-alone search's fine-tunings early, for example <c>asha</c>; null (default) lets all run to their end.</value>
    public string? Scheduler { get; init; }

    /// <value>What sub-networks run in while their error and latency are measured: what they will be served in. Default float32.</value>
    public Precision Precision { get; init; }

    /// <value>Where trials are kept and given out to workers; null (the default) keeps them in the search's folder.</value>
    public StorageChoice? Storage { get; init; }
}

/// <summary>A metric on the test part.</summary>
/// <param name="Metric">Its name, for example <c>accuracy</c>.</param>
/// <param name="Value">Its value.</param>
/// <param name="Precision">What products ran in.</param>
public sealed record TestScore(string Metric, double Value, Precision Precision)
{
    /// <value>Its 95 % confidence interval; null where it is not known.</value>
    public ConfidenceInterval? Interval { get; init; }

    /// <summary>A score and its interval.</summary>
    public static TestScore Of(string metric, EvaluationResult evaluation, Precision precision) =>
        new(metric, evaluation.Score, precision) { Interval = evaluation.Interval.IsDefined ? evaluation.Interval : null };
}

/// <summary>From a task and a fine-tuned super-network to the Pareto front of its sub-networks.</summary>
public static class SuperNetworkSearch
{
    /// <summary>Searches, or continues the search that the folder holds.</summary>
    /// <param name="data">The task; only its validation part is looked at, and by a stand-alone search all of it.</param>
    /// <param name="superNetwork">The fine-tuned super-network; for a stand-alone search the pretrained one.</param>
    /// <param name="settings">How.</param>
    /// <param name="folder">The run's folder.</param>
    /// <param name="engine">Runs the sub-networks.</param>
    /// <param name="time">The clock.</param>
    /// <param name="progress">Called after every trial; may be null.</param>
    /// <param name="notice">Receives sentences for the user; may be null.</param>
    /// <param name="cancellationToken">Stops between two trials; finished trials are kept.</param>
    public static FrontReport Run(
        TaskData data,
        Checkpoint superNetwork,
        SearchSettings settings,
        string folder,
        CpuEngine engine,
        TimeProvider time,
        Action<SearchProgress>? progress = null,
        Action<string>? notice = null,
        CancellationToken cancellationToken = default)
    {
        ISearchSpace space = Catalogs.Samplings.Create(settings.Sampling, Catalogs.SearchSpaces.Create(settings.Space, superNetwork.Config));
        LabelledEncodings validation = TaskEncodings.Encode(data.Definition, data.Validation, superNetwork, settings.MaxLength);
        var context = new ObjectiveContext
        {
            SuperNetwork = engine.Load(superNetwork.Parameters, settings.Precision),
            Validation = new Evaluator(validation, data.Definition.Metric, lanes: engine.LaneCount),
            Time = time,
            Folder = folder,
            Device = engine.Description,
            Notice = notice,
        };
        IObjective[] objectives = [.. settings.Objectives.Select(name => Catalogs.Objectives.Create(name, context))];
        LabelledEncodings? train = settings.StandAlone is null ? null : TaskEncodings.Encode(data.Definition, data.Train, superNetwork, settings.MaxLength);
        if (train is not null)
        {
            FineTuneInstead(objectives, new StandAloneError(EvaluatorOf(data, superNetwork, settings, train, context.Validation, engine, time)));
        }

        ITrialScheduler? scheduler = SchedulerOf(settings);
        ISearchMethod method = Catalogs.SearchMethods.Create(settings.Method, new SearchContext(space, settings.Seed) { Objectives = objectives });
        var report = SearchRun.Run(
            new SearchSetup
            {
                Folder = folder,
                Storage = settings.Storage,
                Configuration = new RunConfiguration
                {
                    Task = data.Definition.Name,
                    Validation = Fingerprint.Of(validation),
                    SuperNetwork = Fingerprint.Of(superNetwork.Parameters),
                    Space = settings.Space,
                    Sampling = settings.Sampling.Equals(PaperSampling.Name, StringComparison.OrdinalIgnoreCase) ? null : settings.Sampling,
                    Method = settings.Method,
                    Seed = settings.Seed,
                    Precision = settings.Precision,
                    StopDominated = settings.StopDominated,
                    StandAlone = train is null ? null : InfoOf(settings.StandAlone!.FineTuning, train),
                    Scheduler = scheduler?.Name,
                    Objectives = [.. objectives.Select(objective => new ObjectiveInfo(objective.Name, objective.Unit))],
                },
                Space = space,
                Method = method,
                Scheduler = scheduler,
                Objectives = objectives,
                Trials = settings.Trials,
                Truth = ValidationTruth.Of(data.Definition.Metric, validation.Targets),
                Engine = engine.Description,
                Time = time,
                Progress = progress,
                Notice = notice,
            },
            cancellationToken);
        if (report.Has("error"))
        {
            File.WriteAllText(Path.Combine(folder, "front.svg"), FrontChart.Of(report, data.Definition.MetricName).ToSvg());
        }

        return report;
    }

    /// <summary>The task's metric of a sub-network, run in a precision, on the test part, which the search never saw.</summary>
    public static TestScore ScoreOnTest(
        TaskData data,
        Checkpoint superNetwork,
        SubNetwork subNetwork,
        int maxLength,
        CpuEngine engine,
        Precision precision = Precision.Float32,
        CancellationToken cancellationToken = default)
    {
        LabelledEncodings examples = TaskEncodings.Encode(data.Definition, data.Test, superNetwork, maxLength);
        var test = new Evaluator(examples, data.Definition.Metric, lanes: engine.LaneCount);
        return TestScore.Of(
            data.Definition.MetricName, test.Evaluate(engine.Load(superNetwork.Parameters, precision), subNetwork, cancellationToken), precision);
    }

    private static ITrialScheduler? SchedulerOf(SearchSettings settings) => (settings.Scheduler, settings.StandAlone) switch
    {
        (null, _) => null,
        ({ } name, { } standAlone) => Catalogs.TrialSchedulers.Create(name, standAlone.FineTuning.Epochs),
        _ => throw new ArgumentException(
            $"The trial scheduler {settings.Scheduler} ends fine-tunings of single sub-networks early, and a search in a super-network fine-tunes none: search stand-alone, or without it."),
    };

    private static void FineTuneInstead(IObjective[] objectives, StandAloneError error)
    {
        int index = Array.FindIndex(objectives, objective => objective.Name == error.Name);
        objectives[index >= 0 ? index : throw new ArgumentException("A stand-alone search fine-tunes to measure the error: add error to its objectives.")] = error;
    }

    private static StandAloneEvaluator EvaluatorOf(
        TaskData data, Checkpoint pretrained, SearchSettings settings, LabelledEncodings train, Evaluator validation, CpuEngine engine, TimeProvider time)
    {
        LabelledEncodings test = TaskEncodings.Encode(data.Definition, data.Test, pretrained, settings.MaxLength);
        return new StandAloneEvaluator(
            pretrained.Parameters,
            train,
            validation,
            new Evaluator(test, data.Definition.Metric, lanes: engine.LaneCount),
            settings.StandAlone!,
            engine,
            settings.Precision,
            time);
    }

    private static StandAloneInfo InfoOf(FineTuningOptions options, LabelledEncodings train) =>
        new(options.Epochs, options.BatchSize, options.LearningRate, options.WarmUp, options.Seed, Fingerprint.Of(train));
}
