using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Objectives;
using Endpoints.Pruning.Runs.Storage;
using Endpoints.Pruning.Statistics;

namespace Endpoints.Pruning.Runs.Workers;

/// <summary>One worker of a search: claims a trial, evaluates it, records it, until the search has all its trials.</summary>
internal sealed class SearchWorker(SearchSetup setup, ITrialStorage storage, WorkerLog log)
{
    private readonly MethodInStep _method = new(setup.Method, setup.Space, storage.Location);
    private readonly SchedulerInStep? _scheduler = setup.Scheduler is null ? null : new(setup.Scheduler, setup.Objectives);
    private readonly Patience _patience = new(setup.Time, log.Notice);
    private readonly long _start = setup.Time.GetTimestamp();
    private int _before;

    /// <summary>Works until the search has its trials, those of other workers included.</summary>
    /// <returns>All finished trials, by id.</returns>
    public IReadOnlyList<Trial> Work(CancellationToken cancellationToken)
    {
        _before = _patience.Try(() => ReadFinished(cancellationToken), cancellationToken);
        if (_before > 0)
        {
            log.Write($"Continues after {_before} finished trials.");
            setup.Progress?.Invoke(new SearchProgress(_before, setup.Trials, null, 0, null));
        }

        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ClaimAnswer answer = _patience.Try(() => Claim(cancellationToken), cancellationToken);
            switch (answer)
            {
                case { Claim: { } claim }:
                    Run(claim, cancellationToken);
                    break;
                case { Wait: true }:
                    // Other workers have the rest; should one of them die, its trial is claimed here.
                    _patience.Pause(storage.PollInterval, cancellationToken);
                    break;
                default:
                    return _method.Finished;
            }
        }
    }

    private int ReadFinished(CancellationToken cancellationToken)
    {
        using IRunLock run = storage.Lock(cancellationToken);
        Learn(run.Read().Finished);
        return _method.FinishedCount;
    }

    /// <summary>Everything that decides which trial comes next happens while no other worker decides.</summary>
    private ClaimAnswer Claim(CancellationToken cancellationToken)
    {
        using IRunLock run = storage.Lock(cancellationToken);
        (IReadOnlyList<Trial> finished, IReadOnlyList<TrialClaim> claimed) = run.Read();
        Learn(finished);
        foreach (TrialClaim claim in claimed)
        {
            _method.Expect(claim);
        }

        if (_method.FinishedCount >= setup.Trials)
        {
            return ClaimAnswer.Done;
        }

        if (run.TakeFree() is { } free)
        {
            return new ClaimAnswer(free, Wait: false);
        }

        if (_method.FinishedCount + claimed.Count >= setup.Trials)
        {
            return ClaimAnswer.Later;
        }

        if (_method.Ask() is not { } next)
        {
            return claimed.Count > 0 ? ClaimAnswer.Later : NothingLeft();
        }

        run.Add(next);
        _method.Claimed(next);
        return new ClaimAnswer(next, Wait: false);
    }

    private void Learn(IReadOnlyList<Trial> trials)
    {
        _method.Learn(trials);
        _scheduler?.Learn(trials);
    }

    private ClaimAnswer NothingLeft()
    {
        log.Notice($"No sub-network is left to try in the search space {setup.Space.Name} after {_method.FinishedCount} trials.");
        return ClaimAnswer.Done;
    }

    private void Run(TrialClaim claim, CancellationToken cancellationToken)
    {
        Trial trial;
        try
        {
            trial = Evaluate(claim, cancellationToken);
        }
        catch
        {
            storage.GiveBack(claim);
            throw;
        }

        if (!_patience.Try(() => storage.Finish(trial), cancellationToken))
        {
            log.Notice($"Trial {trial.Id} was finished by another worker first: this worker's result of it is dropped.");
            return;
        }

        Learn([trial]);
        setup.Progress?.Invoke(ProgressAfter(trial));
    }

    private Trial Evaluate(TrialClaim claim, CancellationToken cancellationToken)
    {
        long start = setup.Time.GetTimestamp();
        SubNetwork subNetwork = setup.Space.SubNetworkAt(claim.Point);
        double[] values = new double[setup.Objectives.Count];
        var details = new SortedDictionary<string, double>(StringComparer.Ordinal);
        string? predictions = null;

        // What may end early comes last, for it needs to know the other values.
        bool MayEndEarly(int i) => setup.Objectives[i] is IBoundedObjective ? setup.Configuration.StopDominated : setup.Objectives[i] is IEpochObjective && _scheduler is not null;
        foreach (int i in Enumerable.Range(0, values.Length).OrderBy(MayEndEarly))
        {
            Measurement measurement = setup.Objectives[i] switch
            {
                IBoundedObjective bounded when MayEndEarly(i) => bounded.Evaluate(subNetwork, MostOfInterest(values, i), cancellationToken),
                IEpochObjective trained when MayEndEarly(i) =>
                    trained.Evaluate(subNetwork, (epoch, value) => _scheduler!.GoesOn(claim.Id, values, epoch, value), cancellationToken),
                IObjective objective => objective.Evaluate(subNetwork, cancellationToken),
            };
            predictions = measurement.Predictions is { } found ? PredictionText.Encode(found) : predictions;
            values[i] = double.IsFinite(measurement.Value) ? measurement.Value : throw new InvalidDataException(
                $"The objective {setup.Objectives[i].Name} of trial {claim.Id} ({subNetwork}) is {measurement.Value}; a finite number is expected.");
            foreach ((string name, double value) in measurement.Details ?? new Dictionary<string, double>())
            {
                details[name] = value;
            }
        }

        return new Trial
        {
            Id = claim.Id,
            Point = claim.Point,
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
    private double MostOfInterest(double[] values, int objective) => _method.Finished
        .Where(trial => !values.Where((value, i) => i != objective && trial.Values[i] > value).Any())
        .Select(trial => trial.Values[objective])
        .DefaultIfEmpty(double.PositiveInfinity)
        .Min();

    private SearchProgress ProgressAfter(Trial trial)
    {
        int finished = _method.FinishedCount;
        TimeSpan each = setup.Time.GetElapsedTime(_start) / (finished - _before);
        double rate = each > TimeSpan.Zero ? 1 / each.TotalSeconds : 0;
        return new SearchProgress(finished, setup.Trials, trial, rate, each * Math.Max(0, setup.Trials - finished));
    }

    private readonly record struct ClaimAnswer(TrialClaim? Claim, bool Wait)
    {
        public static ClaimAnswer Done => default;

        public static ClaimAnswer Later => new(null, Wait: true);
    }
}
