using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Objectives;
using Endpoints.Pruning.SearchMethods;
using Endpoints.Pruning.SearchSpaces;
using Endpoints.Pruning.Statistics;

namespace Endpoints.Pruning.Runs;

/// <summary>A search to run.</summary>
public sealed record SearchSetup
{
    /// <value>The run's folder: its journal, trials and front go there.</value>
    public required string Folder { get; init; }

    /// <value>What the search is of; its objectives are those of <see cref="Objectives"/>.</value>
    public required RunConfiguration Configuration { get; init; }

    /// <value>Where to search.</value>
    public required ISearchSpace Space { get; init; }

    /// <value>How to search; a fresh one, told of no trial.</value>
    public required ISearchMethod Method { get; init; }

    /// <value>What to minimise.</value>
    public required IReadOnlyList<IObjective> Objectives { get; init; }

    /// <value>Trials to have in the end, those of an earlier run of the folder included. Default 100.</value>
    public int Trials { get; init; } = 100;

    /// <value>What is right for the validation examples, for tests between trials; null leaves the noise-aware front out.</value>
    public ValidationTruth? Truth { get; init; }

    /// <value>The clock.</value>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <value>Called after every trial, and once after a resume; may be null.</value>
    public Action<SearchProgress>? Progress { get; init; }

    /// <value>Receives sentences that the user should see, for example that a half-written line was removed; may be null.</value>
    public Action<string>? Notice { get; init; }
}

/// <summary>Where a search stands.</summary>
/// <param name="Finished">Trials finished, those of an earlier run included.</param>
/// <param name="Total">Trials wanted.</param>
/// <param name="Last">The trial that just finished; null after a resume.</param>
/// <param name="TrialsPerSecond">Rate of this run; 0 before its first trial.</param>
/// <param name="Remaining">Estimated time left; null before this run's first trial.</param>
public readonly record struct SearchProgress(int Finished, int Total, Trial? Last, double TrialsPerSecond, TimeSpan? Remaining);

/// <summary>The loop of a search: ask the method, evaluate, append to the journal, tell the method.</summary>
public static class SearchRun
{
    /// <summary>
    /// Runs a search, or the rest of one: the folder's finished trials are told to the method again and never repeated, so that a killed search ends
    /// where it would have ended (as far as its objectives give the same value twice, which a measured latency does not).
    /// </summary>
    /// <returns>All trials with their Pareto front, also written to the folder.</returns>
    /// <exception cref="InvalidDataException">The folder belongs to another search, its journal is corrupt, or an objective gave no finite value.</exception>
    /// <exception cref="IOException">Another run is using the folder, or it cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; finished trials are kept.</exception>
    public static FrontReport Run(SearchSetup setup, CancellationToken cancellationToken = default)
    {
        CheckObjectives(setup);
        using TrialJournal journal = TrialJournal.Open(setup.Folder, setup.Configuration);
        setup.Truth?.Write(setup.Folder);
        Resume(setup, journal);
        long start = setup.Time.GetTimestamp();
        int before = journal.Trials.Count;
        while (journal.Trials.Count < setup.Trials)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (setup.Method.Ask() is not { } point)
            {
                setup.Notice?.Invoke($"No sub-network is left to try in the search space {setup.Space.Name} after {journal.Trials.Count} trials.");
                break;
            }

            Trial trial = Evaluate(setup, journal.Trials, point, cancellationToken);
            journal.Append(trial);
            setup.Method.Tell(trial);
            setup.Progress?.Invoke(ProgressOf(setup, journal, trial, before, setup.Time.GetElapsedTime(start)));
        }

        var report = new FrontReport(setup.Configuration, journal.Trials, setup.Truth);
        FrontFiles.Write(setup.Folder, report);
        return report;
    }

    private static void Resume(SearchSetup setup, TrialJournal journal)
    {
        if (journal.Notice is { } notice)
        {
            setup.Notice?.Invoke(notice);
        }

        foreach (Trial trial in journal.Trials)
        {
            string expected = SubNetworkOf(setup.Space, trial).ToString();
            if (trial.SubNetwork != expected)
            {
                throw new InvalidDataException(
                    $"Trial {trial.Id} of {setup.Folder} has the point {trial.Point}, which is {expected} and not {trial.SubNetwork}: the journal was changed.");
            }

            setup.Method.Tell(trial);
        }

        if (journal.Trials.Count > 0)
        {
            setup.Progress?.Invoke(new SearchProgress(journal.Trials.Count, setup.Trials, null, 0, null));
        }
    }

    private static SubNetwork SubNetworkOf(ISearchSpace space, Trial trial)
    {
        try
        {
            return space.SubNetworkAt(trial.Point);
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException($"Trial {trial.Id} of the journal does not fit: {exception.Message}", exception);
        }
    }

    private static Trial Evaluate(SearchSetup setup, IReadOnlyList<Trial> finished, SearchPoint point, CancellationToken cancellationToken)
    {
        int id = finished.Count;
        long start = setup.Time.GetTimestamp();
        SubNetwork subNetwork = setup.Space.SubNetworkAt(point);
        double[] values = new double[setup.Objectives.Count];
        var details = new SortedDictionary<string, double>(StringComparer.Ordinal);
        string? predictions = null;

        // What may end early comes last, for it needs to know the other values.
        bool MayEndEarly(int i) => setup.Configuration.StopDominated && setup.Objectives[i] is IBoundedObjective;
        foreach (int i in Enumerable.Range(0, values.Length).OrderBy(MayEndEarly))
        {
            Measurement measurement = MayEndEarly(i)
                ? ((IBoundedObjective)setup.Objectives[i]).Evaluate(subNetwork, MostOfInterest(finished, values, i), cancellationToken)
                : setup.Objectives[i].Evaluate(subNetwork, cancellationToken);
            predictions = measurement.Predictions is { } found ? PredictionText.Encode(found) : predictions;
            values[i] = double.IsFinite(measurement.Value) ? measurement.Value : throw new InvalidDataException(
                $"The objective {setup.Objectives[i].Name} of trial {id} ({subNetwork}) is {measurement.Value}; a finite number is expected.");
            foreach ((string name, double value) in measurement.Details ?? new Dictionary<string, double>())
            {
                details[name] = value;
            }
        }

        return new Trial
        {
            Id = id,
            Point = point,
            SubNetwork = subNetwork.ToString(),
            Values = values,
            Parameters = ParameterCount.Sliced(setup.Space.SuperNetwork, subNetwork),
            PaperParameters = ParameterCount.Paper(setup.Space.SuperNetwork, subNetwork),
            Details = details,
            Predictions = predictions,
            Seconds = setup.Time.GetElapsedTime(start).TotalSeconds,
        };
    }

    /// <summary>The least value of an objective among the trials that are at most these values in every other one: anything larger is dominated.</summary>
    private static double MostOfInterest(IReadOnlyList<Trial> finished, double[] values, int objective) => finished
        .Where(trial => !values.Where((value, i) => i != objective && trial.Values[i] > value).Any())
        .Select(trial => trial.Values[objective])
        .DefaultIfEmpty(double.PositiveInfinity)
        .Min();

    private static SearchProgress ProgressOf(SearchSetup setup, TrialJournal journal, Trial trial, int before, TimeSpan elapsed)
    {
        int finished = journal.Trials.Count;
        TimeSpan each = elapsed / (finished - before);
        double rate = each > TimeSpan.Zero ? 1 / each.TotalSeconds : 0;
        return new SearchProgress(finished, setup.Trials, trial, rate, each * (setup.Trials - finished));
    }

    private static void CheckObjectives(SearchSetup setup)
    {
        if (setup.Objectives.Count == 0
            || !setup.Objectives.Select(objective => objective.Name).SequenceEqual(setup.Configuration.Objectives.Select(objective => objective.Name)))
        {
            throw new ArgumentException(
                $"The objectives ({string.Join(", ", setup.Objectives.Select(objective => objective.Name))}) must be those of the configuration "
                + $"({string.Join(", ", setup.Configuration.Objectives.Select(objective => objective.Name))}), and at least one.");
        }
    }
}
