namespace Endpoints.LoadTest.Tests.Support;

/// <summary>A clock that stands still until a test moves it; due timers fire on the thread that moves it, in order.</summary>
internal sealed class ManualClock : TimeProvider
{
    private readonly Lock _moving = new();
    private readonly Lock _timersLock = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _now = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <summary>Told of each timer that is set, with its delay.</summary>
    public Action<TimeSpan>? TimerSet { get; set; }

    /// <summary>How much later than asked for timers fire.</summary>
    public TimeSpan Lateness { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_timersLock)
        {
            return _now;
        }
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan span)
    {
        lock (_moving)
        {
            DateTimeOffset end = GetUtcNow() + span;
            while (TakeDue(end) is { } due)
            {
                due.Fire();
            }

            lock (_timersLock)
            {
                _now = end;
            }
        }
    }

    private ManualTimer? TakeDue(DateTimeOffset end)
    {
        lock (_timersLock)
        {
            ManualTimer? due = _timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due);
            if (due is not null)
            {
                _now = due.Due;
                _timers.Remove(due);
                if (due.Period > TimeSpan.Zero)
                {
                    due.Due += due.Period;
                    _timers.Add(due);
                }
            }

            return due;
        }
    }

    private sealed class ManualTimer(ManualClock clock, Action fire) : ITimer
    {
        public DateTimeOffset Due { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._timersLock)
            {
                clock._timers.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = clock._now + dueTime + clock.Lateness;
                    Period = period == Timeout.InfiniteTimeSpan ? TimeSpan.Zero : period;
                    clock._timers.Add(this);
                }
            }

            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                clock.TimerSet?.Invoke(dueTime);
            }

            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
