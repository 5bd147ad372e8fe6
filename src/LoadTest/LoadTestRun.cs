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

    public async Task<LoadTestResult> RunAsync(CancellationToken interrupted)
    {
        progress.Started(_settings, targets);
        for (int i = 0; i < targets.Count && !interrupted.IsCancellationRequested; i++)
        {
            await RunTargetAsync(i, interrupted).ConfigureAwait(false);
        }

        LoadTestResult result = ResultSoFar(complete: !interrupted.IsCancellationRequested);
        folder.Save(result);
        folder.SaveReport(result);
        progress.Ended(result);
        return result;
    }

    private async Task RunTargetAsync(int index, CancellationToken interrupted)
    {
        EndpointFacts? facts = await ReadFactsAsync(targets[index], interrupted).ConfigureAwait(false);
        var target = new TargetUnderTest(targets[index], new Questions(pairs, options.Seed), time);
        var stages = new List<StageResult>();
        _results.Add(ResultOf(target, facts, stages));
        using StreamWriter history = folder.OpenHistory(target.Target);
        await using var second = new SecondBySecond(target, history, time);
        using ILoop loop = options.Profile.IsOpen
            ? new OpenLoop(target, options, Connect, time, interrupted)
            : new ClosedLoop(target, options, Connect, time, interrupted);
        foreach (LoadStage stage in options.Profile.Stages)
        {
            if (interrupted.IsCancellationRequested)
            {
                break;
            }

            long began = time.GetTimestamp();
            second.ShowTo(figures => progress.Running(WhereItStands(figures, index, stages.Count, time.GetElapsedTime(began))));
            stages.Add(await loop.RunAsync(stage).ConfigureAwait(false));
            second.ShowTo(null);

            _results[index] = ResultOf(target, facts, stages);
            folder.Save(target);
            folder.Save(ResultSoFar(complete: false));
            progress.StageEnded(target.Target.Name, stages[^1]);
        }

        TargetClient Connect() => new(target.Target.Url, options, time, interrupted);
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
            StageCount = options.Profile.Stages.Count,
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
        Settings = _settings,
        Targets = [.. _results],
    };

    private static TargetResult ResultOf(TargetUnderTest target, EndpointFacts? facts, IReadOnlyList<StageResult> stages) => new()
    {
        Name = target.Target.Name,
        Url = target.Target.Url.ToString(),
        Facts = facts,
        Stages = [.. stages],
        Whole = OutcomeFigures.From(target.Whole),
        Abandoned = target.Abandoned,
    };
}
