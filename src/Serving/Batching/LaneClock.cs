namespace Endpoints.Serving.Batching;

/// <summary>When each lane is expected to be free again. Each lane writes its own entry; admission reads them all.</summary>
internal sealed class LaneClock(int lanes, TimeProvider time)
{
    private const long Idle = long.MinValue;

    private readonly long[] _expectedEnd = NewIdle(lanes);

    public int Count => _expectedEnd.Length;

    public void Start(int lane, TimeSpan expected) =>
        Volatile.Write(ref _expectedEnd[lane], time.GetTimestamp() + (long)(expected.TotalSeconds * time.TimestampFrequency));

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

    private static long[] NewIdle(int lanes)
    {
        var ends = new long[lanes];
        Array.Fill(ends, Idle);
        return ends;
    }
}
