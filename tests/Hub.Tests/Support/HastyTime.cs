using System.Collections.Concurrent;

namespace Endpoints.Hub.Tests.Support;

/// <summary>Pauses are a thousand times as short as asked, and remembered. Silence lasts until the test says that it has lasted long enough.</summary>
internal sealed class HastyTime : TimeProvider
{
    private const int Speed = 1000;

    private int _silences;

    /// <summary>The pauses between attempts, in order.</summary>
    public ConcurrentQueue<TimeSpan> Pauses { get; } = [];

    /// <summary>The next limits on silence that are set pass at once; all others never do.</summary>
    public void PassSilences(int count) => Volatile.Write(ref _silences, count);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime > TimeSpan.Zero && dueTime != Patience.Options.StallTimeout)
        {
            Pauses.Enqueue(dueTime);
        }

        return new Hasty(this, base.CreateTimer(callback, state, Scaled(dueTime), Timeout.InfiniteTimeSpan));
    }

    private TimeSpan Scaled(TimeSpan time)
    {
        if (time != Patience.Options.StallTimeout)
        {
            return time < TimeSpan.Zero ? time : time / Speed;
        }

        return Interlocked.Decrement(ref _silences) >= 0 ? TimeSpan.Zero : Timeout.InfiniteTimeSpan;
    }

    private sealed class Hasty(HastyTime time, ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(time.Scaled(dueTime), Timeout.InfiniteTimeSpan);

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
