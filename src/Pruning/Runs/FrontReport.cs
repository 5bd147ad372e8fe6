using Endpoints.Pruning.Fronts;
using Endpoints.Pruning.Statistics;

namespace Endpoints.Pruning.Runs;

/// <summary>The result of a search: every trial, and the Pareto front among them. What files, figures and <c>export</c> read.</summary>
public sealed class FrontReport
{
    /// <summary>Name of the front's file in a run's folder.</summary>
    public const string FrontFile = "front.json";

    private readonly Dictionary<string, int> _index;
    private readonly NoiseAwareFront? _noise;

    /// <summary>Computes fronts, ranks and hypervolume.</summary>
    /// <param name="configuration">What the search was of.</param>
    /// <param name="trials">Its trials.</param>
    /// <param name="truth">What is right for the validation examples; null leaves the noise-aware front out.</param>
    public FrontReport(RunConfiguration configuration, IReadOnlyList<Trial> trials, ValidationTruth? truth = null)
    {
        Configuration = configuration;
        Trials = [.. trials];
        _index = configuration.Objectives.Select((objective, i) => (objective.Name, i)).ToDictionary(pair => pair.Name, pair => pair.i, StringComparer.Ordinal);
        double[][] points = [.. Trials.Select(trial => trial.Values)];
        Ranks = ParetoFront.Ranks(points);

        // Along the second objective, usually the size, as the figures go; the first decides between equals.
        int along = Math.Min(1, configuration.Objectives.Count - 1);
        Front = [.. Trials.Where((_, i) => Ranks[i] == 0).OrderBy(trial => trial.Values[along]).ThenBy(trial => trial.Values[0]).ThenBy(trial => trial.Id)];
        Base = Trials.FirstOrDefault(trial => trial.SubNetwork == "full");
        _noise = truth is not null && _index.TryGetValue("error", out int error) && Trials.Any(trial => trial.Predictions is not null) ? new NoiseAwareFront(truth, error) : null;
        NoiseAwareFront = _noise?.Of(Front);
        Hypervolume = points.Length == 0
            ? 0
            : Fronts.Hypervolume.Of(Normalization.Quantile(points), [.. Enumerable.Repeat(2.0, configuration.Objectives.Count)]);
    }

    /// <summary>What the search was of; names the objectives in the order of every trial's values.</summary>
    public RunConfiguration Configuration { get; }

    /// <summary>All trials, by id.</summary>
    public IReadOnlyList<Trial> Trials { get; }

    /// <summary>Rank of each of <see cref="Trials"/> in the non-dominated sort, by position (in an unfinished run ids have gaps); 0 is the front.</summary>
    public IReadOnlyList<int> Ranks { get; }

    /// <summary>The trials that no other dominates, by ascending second objective.</summary>
    public IReadOnlyList<Trial> Front { get; }

    /// <summary>
    /// The front without differences inside the noise: each larger trial is significantly better than the smaller ones (paired tests on the validation examples at
    /// 5 %). Null where the search kept no predictions.
    /// </summary>
    public IReadOnlyList<Trial>? NoiseAwareFront { get; }

    /// <summary>The trial of the whole super-network; null where it was not evaluated.</summary>
    public Trial? Base { get; }

    /// <summary>Hypervolume of this search's trials after quantile normalisation among themselves, up to 2 in every objective (4 is the most of two objectives).</summary>
    public double Hypervolume { get; }

    /// <summary>The objective that is a latency in ms: <c>latency</c>, else <c>latency-table</c>; null where the search had neither.</summary>
    public string? Latency => Has("latency") ? "latency" : Has("latency-table") ? "latency-table" : null;

    /// <summary>True when the search had that objective.</summary>
    public bool Has(string objective) => _index.ContainsKey(objective);

    /// <summary>A trial's value of an objective.</summary>
    /// <exception cref="ArgumentException">The search did not have that objective.</exception>
    public double Value(Trial trial, string objective) => _index.TryGetValue(objective, out int i)
        ? trial.Values[i]
        : throw new ArgumentException($"This search did not measure {objective}: its objectives are {string.Join(", ", _index.Keys)}.");

    /// <summary>Whether a trial makes significantly more errors than another on the validation examples (paired test, one-sided).</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="reference">The one that it is compared with.</param>
    /// <param name="level">Level of significance. Default 0.05.</param>
    /// <exception cref="InvalidOperationException">The search kept no predictions.</exception>
    public bool IsWorse(Trial trial, Trial reference, double level = PairedTest.Level) => _noise is null
        ? throw new InvalidOperationException("This search kept no predictions of its trials, which a paired test needs: search again into another folder, with the objective error.")
        : _noise.IsWorse(trial, reference, level);

    /// <summary>Reads the report of a run's folder, finished or not.</summary>
    /// <exception cref="InvalidDataException">The folder holds no search, or its journal is corrupt.</exception>
    public static FrontReport Read(string folder)
    {
        (RunConfiguration configuration, IReadOnlyList<Trial> trials) = TrialJournal.Read(folder);
        return new FrontReport(configuration, trials, ValidationTruth.Read(folder));
    }
}

/// <summary>The contents of <c>front.json</c>.</summary>
internal sealed record FrontDocument(
    RunConfiguration Configuration, int Trials, double Hypervolume, Trial? Base, IReadOnlyList<Trial> Front, IReadOnlyList<int>? NoiseAwareFront)
{
    /// <summary>Of a report; predictions stay in the journal, and of the noise-aware front the trials' numbers do.</summary>
    public static FrontDocument Of(FrontReport report) => new(
        report.Configuration,
        report.Trials.Count,
        report.Hypervolume,
        report.Base is { } whole ? whole with { Predictions = null } : null,
        [.. report.Front.Select(trial => trial with { Predictions = null })],
        report.NoiseAwareFront is { } front ? [.. front.Select(trial => trial.Id)] : null);
}
