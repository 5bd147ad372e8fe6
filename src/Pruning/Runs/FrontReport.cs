using Endpoints.Pruning.Fronts;

namespace Endpoints.Pruning.Runs;

/// <summary>The result of a search: every trial, and the Pareto front among them. What files, figures and <c>export</c> read.</summary>
public sealed class FrontReport
{
    private readonly Dictionary<string, int> _index;

    /// <summary>Computes front, ranks and hypervolume.</summary>
    public FrontReport(RunConfiguration configuration, IReadOnlyList<Trial> trials)
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

    /// <summary>The trial of the whole super-network; null where it was not evaluated.</summary>
    public Trial? Base { get; }

    /// <summary>Hypervolume of this search's trials after quantile normalisation among themselves, up to 2 in every objective (4 is the most of two objectives).</summary>
    public double Hypervolume { get; }

    /// <summary>True when the search had that objective.</summary>
    public bool Has(string objective) => _index.ContainsKey(objective);

    /// <summary>A trial's value of an objective.</summary>
    /// <exception cref="ArgumentException">The search did not have that objective.</exception>
    public double Value(Trial trial, string objective) => _index.TryGetValue(objective, out int i)
        ? trial.Values[i]
        : throw new ArgumentException($"This search did not measure {objective}: its objectives are {string.Join(", ", _index.Keys)}.");

    /// <summary>Reads the report of a run's folder, finished or not.</summary>
    /// <exception cref="InvalidDataException">The folder holds no search, or its journal is corrupt.</exception>
    public static FrontReport Read(string folder)
    {
        (RunConfiguration configuration, IReadOnlyList<Trial> trials) = TrialJournal.Read(folder);
        return new FrontReport(configuration, trials);
    }
}

/// <summary>The contents of <c>front.json</c>.</summary>
internal sealed record FrontDocument(RunConfiguration Configuration, int Trials, double Hypervolume, Trial? Base, IReadOnlyList<Trial> Front);
