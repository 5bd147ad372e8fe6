namespace Endpoints.Serving.Admission;

/// <summary>Tells those who are turned away when to come back: not all of them in the second in which the queue has drained, for then most would be turned away again.</summary>
/// <remarks>
/// Each second takes back as many rows as are a tenth of what could be answered in it. Whoever comes back finds the requests that come anyway; of all that come
/// then, about ten in eleven find room however long the overload lasts.
/// </remarks>
internal sealed class ReturnSchedule(TimeProvider time)
{
    /// <summary>The latest second that anybody is told to come back in.</summary>
    public const int Latest = 60;

    private const double Share = 0.1;

    private readonly Lock _lock = new();
    private readonly long _start = time.GetTimestamp();
    private readonly int[] _due = new int[Latest];
    private long _now;

    /// <summary>Takes a place.</summary>
    /// <param name="earliest">When the queue has drained far enough.</param>
    /// <param name="rows">That will come back.</param>
    /// <param name="rowsPerSecond">That could be answered.</param>
    /// <returns>Whole seconds from now, 1 to <see cref="Latest"/> or, where the queue takes longer, more.</returns>
    public int Next(TimeSpan earliest, int rows, double rowsPerSecond)
    {
        int first = (int)Math.Clamp(Math.Ceiling(earliest.TotalSeconds), 1, int.MaxValue);
        double room = Share * rowsPerSecond;
        lock (_lock)
        {
            Advance();
            for (int seconds = first; seconds < Latest; seconds++)
            {
                ref int due = ref _due[(_now + seconds) % Latest];
                if (due == 0 || due + rows <= room)
                {
                    due += rows;
                    return seconds;
                }
            }

            return Math.Max(first, Latest);
        }
    }

    // Seconds that are over are free for those a minute later.
    private void Advance()
    {
        long now = (long)time.GetElapsedTime(_start).TotalSeconds;
        for (long second = Math.Max(_now, now - Latest); second < now; second++)
        {
            _due[second % Latest] = 0;
        }

        _now = now;
    }
}
