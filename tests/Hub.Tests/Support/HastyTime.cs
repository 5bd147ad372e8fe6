using System.Collections.Concurrent;

namespace Endpoints.Hub.Tests.Support;

/// <summary>Real time for stalls, none for pauses: timers are a thousand times as fast as asked, and every wait is remembered.</summary>
internal sealed class HastyTime : TimeProvider
{
    private const int Speed = 1000;

    public ConcurrentQueue<TimeSpan> Waits { get; } = [];

    /// <summary>The waits that the test is about: pauses between attempts, not the limits on silence.</summary>
    public TimeSpan[] Pauses => [.. Waits.Where(wait => wait > TimeSpan.Zero && wait != Patience.Options.StallTimeout)];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Waits.Enqueue(dueTime);
        return new Hasty(base.CreateTimer(callback, state, Scaled(dueTime), Scaled(period)));
    }

    private static TimeSpan Scaled(TimeSpan time) => time < TimeSpan.Zero ? time : time / Speed;

    private sealed class Hasty(ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(Scaled(dueTime), Scaled(period));

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
