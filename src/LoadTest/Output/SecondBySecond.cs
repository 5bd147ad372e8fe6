using Endpoints.LoadTest.Measuring;
using Endpoints.LoadTest.Progress;
using Endpoints.LoadTest.Users;

namespace Endpoints.LoadTest.Output;

/// <summary>Follows the test of a target: every second a row of its history file, on disk at once, and the figures of that second to whoever watches.</summary>
internal sealed class SecondBySecond : IAsyncDisposable
{
    private readonly TargetUnderTest _target;
    private readonly TextWriter _history;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _ended = new();
    private readonly Lock _lock = new();
    private readonly Task _loop;
    private Recorder _before = new();
    private long _lastTick;
    private Action<SecondFigures>? _watcher;

    public SecondBySecond(TargetUnderTest target, TextWriter history, TimeProvider time)
    {
        _target = target;
        _history = history;
        _time = time;
        _lastTick = time.GetTimestamp();
        _loop = FollowAsync();
    }

    /// <summary>Shows each second's figures to a watcher from now on, or to nobody; the one before is not called any more once this returns.</summary>
    public void ShowTo(Action<SecondFigures>? watcher)
    {
        lock (_lock)
        {
            _watcher = watcher;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        Tick();
        _ended.Dispose();
    }

    private async Task FollowAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_ended.Token).ConfigureAwait(false))
            {
                Tick();
            }
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            // The test of this target is over.
        }
    }

    private void Tick()
    {
        lock (_lock)
        {
            TimeSpan span = _time.GetElapsedTime(_lastTick);
            _lastTick = _time.GetTimestamp();
            Recorder now = _target.Whole.Copy();
            _history.Write(LocustCsv.HistoryRow(_time.GetUtcNow(), _target.Users, now, _before, span));
            _watcher?.Invoke(FiguresOf(now, _before, span));
            _before = now;
        }
    }

    private SecondFigures FiguresOf(Recorder now, Recorder before, TimeSpan span)
    {
        LatencyHistogram ok = now[Outcome.Ok].Since(before[Outcome.Ok]);
        long requests = now.Requests - before.Requests;
        long throttled = now[Outcome.Throttled].Count - before[Outcome.Throttled].Count;
        return new SecondFigures(
            _target.Users,
            span > TimeSpan.Zero ? ok.Count / span.TotalSeconds : 0,
            ok.Count == 0 ? null : ok.Percentile(0.5) / 1000.0,
            ok.Count == 0 ? null : ok.Percentile(0.95) / 1000.0,
            requests == 0 ? 0 : (double)throttled / requests,
            requests == 0 ? 0 : (double)(requests - throttled - ok.Count) / requests);
    }
}
