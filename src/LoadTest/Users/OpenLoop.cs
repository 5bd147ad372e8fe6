using Endpoints.LoadTest.Measuring;
using Endpoints.LoadTest.Profiles;
using Endpoints.LoadTest.Results;

namespace Endpoints.LoadTest.Users;

/// <summary>
/// Runs stages in which requests are sent when their time has come, whatever became of those before. Latency counts from the planned time: of a
/// server that stands still for a second, all who would have come in that second see it, not only those who happened to be there.
/// </summary>
internal sealed class OpenLoop(TargetUnderTest target, LoadTestOptions options, Func<IAsker> connect, TimeProvider time, CancellationToken interrupted) : ILoop
{
    private readonly Asking _asking = new(target, options, time);
    private readonly Lock _lock = new();
    private readonly List<IAsker> _askers = [];
    private readonly Stack<IAsker> _idle = new();

    /// <summary>Requests whose time has come and for which no connection is free, the earliest first.</summary>
    private readonly Queue<Arrival> _waiting = new();

    private TaskCompletionSource _quiet = new();
    private bool _dispatching;
    private int _mostBusy;

    public async Task<StageResult> RunAsync(LoadStage stage)
    {
        _quiet = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _dispatching = true;
        _mostBusy = 0;
        using var clock = new StageClock(stage, options, time);
        TimeSpan warmUp = options.WarmUpOf(stage);
        Task<bool> end = clock.RunAsync(warmUp, stage.Duration - warmUp, interrupted);
        await DispatchAsync(stage, clock).ConfigureAwait(false);
        StopDispatching();
        await _quiet.Task.ConfigureAwait(false);
        bool complete = await end.ConfigureAwait(false);
        return StageResult.From(stage, _mostBusy, clock, complete, options);
    }

    public void Dispose() => _askers.ForEach(asker => asker.Dispose());

    /// <summary>Sends what is due and sleeps until the next is; what is overdue after a sleep too long is sent at once.</summary>
    private async Task DispatchAsync(LoadStage stage, StageClock clock)
    {
        long start = time.GetTimestamp();
        var schedule = new ArrivalSchedule(stage, options.Arrivals, options.Seed, options.Worker);
        while (true)
        {
            TimeSpan at = schedule.Next();
            while (!clock.IsOver && at - time.GetElapsedTime(start) is { Ticks: > 0 } wait)
            {
                await Pause.ForAsync(wait, time, clock.Over).ConfigureAwait(false);
            }

            if (clock.IsOver)
            {
                return;
            }

            Recorder counts = clock.Counts;
            long planned = start + (long)(at.TotalSeconds * time.TimestampFrequency);
            counts.RecordPlanned((long)time.GetElapsedTime(planned).TotalMicroseconds);
            Send(new Arrival(planned, counts), clock);
        }
    }

    private void Send(Arrival arrival, StageClock clock)
    {
        IAsker? asker;
        lock (_lock)
        {
            if (!_idle.TryPop(out asker) && _askers.Count < options.MaxConnections)
            {
                asker = connect();
                _askers.Add(asker);
            }

            if (asker is null)
            {
                _waiting.Enqueue(arrival);
                return;
            }

            Count();
        }

        _ = ServeAsync(asker, arrival, clock);
    }

    private async Task ServeAsync(IAsker asker, Arrival arrival, StageClock clock)
    {
        try
        {
            Arrival? next = arrival;
            while (next is { } now)
            {
                await _asking.AskAsync(asker, now.Planned, now.Counts, clock.Over).ConfigureAwait(false);
                next = NextFor(asker);
            }
        }
        catch (Exception exception)
        {
            // Nobody awaits this task but the end of the stage.
            _quiet.TrySetException(exception);
        }
    }

    /// <summary>What waits for a connection that has become free; without it the connection is idle.</summary>
    private Arrival? NextFor(IAsker asker)
    {
        lock (_lock)
        {
            if (_waiting.TryDequeue(out Arrival arrival))
            {
                return arrival;
            }

            _idle.Push(asker);
            Count();
            return null;
        }
    }

    /// <summary>What still waits for a connection is not sent any more: it shows as planned and not sent.</summary>
    private void StopDispatching()
    {
        lock (_lock)
        {
            _waiting.Clear();
            _dispatching = false;
            Count();
        }
    }

    private void Count()
    {
        int busy = _askers.Count - _idle.Count;
        target.Users = busy;
        _mostBusy = Math.Max(_mostBusy, busy);
        if (busy == 0 && !_dispatching)
        {
            _quiet.TrySetResult();
        }
    }

    /// <summary>A request whose time has come: when that was, and where it counts.</summary>
    private readonly record struct Arrival(long Planned, Recorder Counts);
}
