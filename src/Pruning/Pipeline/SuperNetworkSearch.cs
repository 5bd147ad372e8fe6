using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;
using Endpoints.Pruning.Batches;
using Endpoints.Pruning.Objectives;
using Endpoints.Pruning.Runs;
using Endpoints.Pruning.Runs.Storage;
using Endpoints.Pruning.SearchMethods;
using Endpoints.Pruning.SearchSpaces;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Pruning.Pipeline;

/// <summary>How sub-networks are searched.</summary>
public sealed record SearchSettings
{
    /// <value>Name of the search space. Default <c>small</c>.</value>
    public string Space { get; init; } = "small";

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

    /// <value>What sub-networks run in while their error and latency are measured: what they will be served in. Default float32.</value>
    public Precision Precision { get; init; }

    /// <value>Where trials are kept and given out to workers; null (the default) keeps them in the search's folder.</value>
    public StorageChoice? Storage { get; init; }
}

/// <summary>A metric on the test part.</summary>
/// <param name="Metric">Its name, for example <c>accuracy</c>.</param>
/// <param name="Value">Its value.</param>
/// <param name="Precision">What products ran in.</param>
public sealed record TestScore(string Metric, double Value, Precision Precision);

/// <summary>From a task and a fine-tuned super-network to the Pareto front of its sub-networks.</summary>
public static class SuperNetworkSearch
{
    /// <summary>Searches, or continues the search that the folder holds.</summary>
    /// <param name="data">The task; only its validation part is looked at.</param>
    /// <param name="superNetwork">The fine-tuned super-network.</param>
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
        ISearchSpace space = Catalogs.SearchSpaces.Create(settings.Space, superNetwork.Config);
        ISearchMethod method = Catalogs.SearchMethods.Create(settings.Method, new SearchContext(space, settings.Seed));
        LabelledEncodings validation = TaskEncodings.Encode(data.Definition, data.Validation, superNetwork, settings.MaxLength);
        var context = new ObjectiveContext
        {
            SuperNetwork = engine.Load(superNetwork.Parameters, settings.Precision),
            Validation = new Evaluator(validation, data.Definition.Metric.Score, lanes: engine.LaneCount),
            Time = time,
        };
        IObjective[] objectives = [.. settings.Objectives.Select(name => Catalogs.Objectives.Create(name, context))];
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
                    Method = settings.Method,
                    Seed = settings.Seed,
                    Precision = settings.Precision,
                    Objectives = [.. objectives.Select(objective => new ObjectiveInfo(objective.Name, objective.Unit))],
                },
                Space = space,
                Method = method,
                Objectives = objectives,
                Trials = settings.Trials,
                Engine = engine.Description,
                Time = time,
                Progress = progress,
                Notice = notice,
            },
            cancellationToken);
        File.WriteAllText(Path.Combine(folder, "front.svg"), FrontChart.Of(report, data.Definition.MetricName).ToSvg());
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
        var test = new Evaluator(examples, data.Definition.Metric.Score, lanes: engine.LaneCount);
        double score = test.Score(engine.Load(superNetwork.Parameters, precision), subNetwork, cancellationToken);
        return new TestScore(data.Definition.MetricName, score, precision);
    }
}
