using Endpoints.Pruning.Runs;

namespace Endpoints.Pruning.Studies;

/// <summary>How a super-network's fine-tuning went: <c>training.json</c> beside its checkpoint, written last, so that a folder without it is not finished.</summary>
public sealed record StudyTrainingResult
{
    /// <value>Score of the whole super-network on the validation part.</value>
    public required double ValidationScore { get; init; }

    /// <value>The same on the test part.</value>
    public required double TestScore { get; init; }

    /// <value>Time of the update steps.</value>
    public required double Seconds { get; init; }

    /// <value>Parameters of the whole super-network.</value>
    public required long Parameters { get; init; }
}

/// <summary>Test scores of the sub-networks that a figure may choose: <c>test.json</c> in a search's folder.</summary>
public sealed record StudyTestScores
{
    /// <value>Score by trial.</value>
    public required SortedDictionary<int, double> Scores { get; init; }
}

/// <summary>A finished search of a study.</summary>
/// <param name="Task">Name of the task.</param>
/// <param name="Metric">Its metric.</param>
/// <param name="Model">Name of the model.</param>
/// <param name="Strategy">How the super-network was fine-tuned.</param>
/// <param name="Space">Where it was searched.</param>
/// <param name="Method">How.</param>
/// <param name="Seed">Of both.</param>
/// <param name="Training">The super-network.</param>
/// <param name="Report">The search.</param>
/// <param name="Test">Test scores by trial, of those that have one.</param>
public sealed record StudySearch(
    string Task, string Metric, string Model, string Strategy, string Space, string Method, int Seed,
    StudyTrainingResult Training, FrontReport Report, IReadOnlyDictionary<int, double> Test)
{
    /// <summary>What stands over its figures, for example <c>sst-2, mini</c>.</summary>
    public string Setting => $"{Task}, {Model}";

    /// <summary>The trials with a test score as a curve.</summary>
    public StudyCurve Curve => new(
        Setting,
        Method,
        Seed,
        [.. Report.Trials.Where(trial => Test.ContainsKey(trial.Id)).Select(trial =>
            new StudyPoint((double)trial.Parameters / Training.Parameters, Report.Value(trial, "error"), double.IsNaN(Test[trial.Id]) ? 1 : 1 - Test[trial.Id]))]);
}

/// <summary>What is finished of a study.</summary>
/// <param name="Searches">Searches in super-networks.</param>
/// <param name="Comparisons">Networks of the methods to compare with.</param>
/// <param name="Latencies">By task and model: the first search's front in every precision.</param>
public sealed record StudyResults(
    IReadOnlyList<StudySearch> Searches, IReadOnlyList<StudyCurve> Comparisons, IReadOnlyDictionary<string, IReadOnlyList<StudyLatency>> Latencies);
