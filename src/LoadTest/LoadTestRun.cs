using System.Reflection;
using Endpoints.LoadTest.Goals;
using Endpoints.LoadTest.Metrics;
using Endpoints.LoadTest.Output;
using Endpoints.LoadTest.Profiles;
using Endpoints.LoadTest.Progress;
using Endpoints.LoadTest.Results;
using Endpoints.LoadTest.Users;

namespace Endpoints.LoadTest;

/// <summary>One run: target after target, stage after stage; after each stage the files on disk are up to date.</summary>
internal sealed class LoadTestRun(
    LoadTestOptions options, IReadOnlyList<LoadTarget> targets, IReadOnlyList<LoadPair> pairs, RunFolder folder, ILoadTestProgress progress, TimeProvider time)
{
    private readonly LoadTestSettings _settings = LoadTestSettings.From(options, pairs);
    private readonly MachineFacts _machine = MachineFacts.Read();
    private readonly DateTimeOffset _started = time.GetUtcNow();
    private readonly long _startedAt = time.GetTimestamp();
    private readonly List<TargetResult> _results = [];

    private bool _aborted;

    public async Task<LoadTestResult> RunAsync(CancellationToken interrupted)
    {
        progress.Started(_settings, targets);
        for (int i = 0; i < targets.Count && !interrupted.IsCancellationRequested && !_aborted; i++)
        {
            await RunTargetAsync(i, interrupted).ConfigureAwait(false);
        }

        LoadTestResult result = ResultSoFar(complete: !interrupted.IsCancellationRequested && !_aborted);
        folder.Save(result);
        folder.SaveReport(result);
        progress.Ended(result);
        return result;
    }

    private async Task RunTargetAsync(int index, CancellationToken interrupted)
    {
        EndpointFacts? facts = await ReadFactsAsync(targets[index], interrupted).ConfigureAwait(false);
        var target = new TargetUnderTest(targets[index], new Questions(pairs, targets[index].Form, options.Seed), time);
        var stages = new List<StageResult>();
        _results.Add(ResultOf(target, facts, stages));
        using StreamWriter history = folder.OpenHistory(target.Target);
        await using var second = new SecondBySecond(target, history, time);
        using MetricsScraper? scraper = options.ReadsMetrics ? new MetricsScraper(target.Target, facts, time, interrupted) : null;
        using ILoop loop = options.Profile.IsOpen
            ? new OpenLoop(target, options, Connect, time, interrupted)
            : new ClosedLoop(target, options, Connect, time, interrupted);
        while (!interrupted.IsCancellationRequested && !_aborted && NextStage(target.Target.Name, stages) is { } stage)
        {
            long began = time.GetTimestamp();
            await (scraper?.BeginAsync(target) ?? Task.CompletedTask).ConfigureAwait(false);
            second.ShowTo(figures => progress.Running(WhereItStands(figures, index, stages.Count, time.GetElapsedTime(began))));
            StageResult found = await loop.RunAsync(stage).ConfigureAwait(false);
            second.ShowTo(null);
            stages.Add(scraper is null ? found : found with { Server = await scraper.EndAsync(target).ConfigureAwait(false) });

            _results[index] = ResultOf(target, facts, stages);
            _aborted = options.AbortEarly && Check.All(options.FailOn, _results[index]).Any(check => check.Failed);
            folder.Save(target);
            folder.Save(ResultSoFar(complete: false));
            progress.StageEnded(target.Target.Name, stages[^1]);
        }

        IAsker Connect() => target.Target.Connect(options, time, interrupted);
    }

    /// <summary>The next stage of the profile, until one fails what the run looks for; from then on loads between the most that held and the least that failed.</summary>
    private LoadStage? NextStage(string target, List<StageResult> done)
    {
        if (options.Find != Find.None && done.Any(Fails))
        {
            return LevelSearch.Next(done, Fails) is { } level ? options.Profile.Stages[0].At(level) : null;
        }

        return done.Count < options.Profile.Stages.Count ? options.Profile.Stages[done.Count] : null;

        bool Fails(StageResult stage) => options.Find == Find.Onset ? ThrottlingOnset.Throttles(stage) : Promise.Breaks(options.Slo, target, stage);
    }

    private async Task<EndpointFacts?> ReadFactsAsync(LoadTarget target, CancellationToken interrupted)
    {
        try
        {
            return await EndpointFactsReader.ReadAsync(target, time, interrupted).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private LiveFigures WhereItStands(SecondFigures second, int target, int stage, TimeSpan inStage)
    {
        TimeSpan left = options.Profile.Stages.Skip(stage).Aggregate(TimeSpan.Zero, (sum, next) => sum + next.Duration) - inStage;
        return new LiveFigures
        {
            Target = targets[target].Name,
            TargetNumber = target + 1,
            TargetCount = targets.Count,
            StageNumber = stage + 1,
            StageCount = Math.Max(options.Profile.Stages.Count, stage + 1),
            Elapsed = time.GetElapsedTime(_startedAt),
            Left = (left > TimeSpan.Zero ? left : TimeSpan.Zero) + (options.Profile.Duration * (targets.Count - target - 1)),
            Second = second,
        };
    }

    private LoadTestResult ResultSoFar(bool complete) => new()
    {
        Started = _started,
        Ended = time.GetUtcNow(),
        Complete = complete,
        Machine = _machine,
        Tester = typeof(LoadTestRun).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "",
        Settings = _settings,
        Targets = [.. _results],
        Checks = [.. _results.SelectMany(target => Check.All(options.FailOn, target))],
        Aborted = _aborted,
    };

    private TargetResult ResultOf(TargetUnderTest target, EndpointFacts? facts, IReadOnlyList<StageResult> stages) => new()
    {
        Name = target.Target.Name,
        Url = target.Target.Url.ToString(),
        Facts = facts,
        Stages = [.. stages],
        Promise = options.Slo.Count == 0 ? null : Promise.In(stages, stage => Promise.Breaks(options.Slo, target.Target.Name, stage)),
        Whole = OutcomeFigures.From(target.Whole),
        Abandoned = target.Abandoned,
    };
}
