namespace Endpoints.Serving.Batching;

/// <summary>When each lane is expected to be free again. Each lane writes its own entry; admission reads them all.</summary>
internal sealed class LaneClock(int lanes, TimeProvider time)
{
    private const long Idle = long.MinValue;

    private readonly long[] _expectedEnd = NewIdle(lanes);
    private readonly long[] _startedAt = new long[lanes];

    public int Count => _expectedEnd.Length;

    public void Start(int lane, TimeSpan expected)
    {
        long now = time.GetTimestamp();
        Volatile.Write(ref _startedAt[lane], now);
        Volatile.Write(ref _expectedEnd[lane], now + (long)(expected.TotalSeconds * time.TimestampFrequency));
    }

    public void Stop(int lane) => Volatile.Write(ref _expectedEnd[lane], Idle);

    /// <summary>Time until the first lane is expected to be free; zero when one is idle, or overdue.</summary>
    public TimeSpan UntilFree()
    {
        long now = time.GetTimestamp();
        long soonest = long.MaxValue;
        for (int lane = 0; lane < _expectedEnd.Length; lane++)
        {
            soonest = Math.Min(soonest, Volatile.Read(ref _expectedEnd[lane]));
        }

        return soonest <= now ? TimeSpan.Zero : time.GetElapsedTime(now, soonest);
    }

    /// <summary>How long a lane has been in its batch, and how long that was expected to take; null when it is in none.</summary>
    public (TimeSpan Running, TimeSpan Expected)? Progress(int lane)
    {
        // In this order: a batch that starts meanwhile then seems younger, never older, than it is.
        long end = Volatile.Read(ref _expectedEnd[lane]);
        long start = Volatile.Read(ref _startedAt[lane]);
        return end == Idle ? null : (time.GetElapsedTime(start), time.GetElapsedTime(start, end));
    }

    private static long[] NewIdle(int lanes)
    {
        var ends = new long[lanes];
        Array.Fill(ends, Idle);
        return ends;
    }
}
