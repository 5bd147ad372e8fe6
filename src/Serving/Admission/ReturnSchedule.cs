namespace Endpoints.Serving.Admission;

/// <summary>Tells those who are turned away when to come back: not all of them in the second in which the queue has drained, for then most would be turned away again.</summary>
/// <remarks>
/// Each second takes back as many rows as are a tenth of what could be answered in it. Whoever comes back finds the requests that come anyway; of all that come
/// then, about ten in eleven find room however long the overload lasts. What is said is whole seconds, so those who are turned away at once come back at once, each second's
/// share of them in one instant. Therefore each tenth of a second takes back no more than a fifth of what could be answered in it.
/// </remarks>
internal sealed class ReturnSchedule(TimeProvider time)
{
    /// <summary>The latest second that anybody is told to come back in.</summary>
    public const int Latest = 60;

    private const double ShareOfSecond = 0.1;
    private const double ShareOfTenth = 0.2;
    private const int Tenths = 10;

    private readonly Lock _lock = new();
    private readonly long _start = time.GetTimestamp();
    private readonly int[] _bySecond = new int[Latest];
    private readonly int[] _byTenth = new int[Latest * Tenths];
    private long _now;

    /// <summary>Takes a place.</summary>
    /// <param name="earliest">When the queue has drained far enough.</param>
    /// <param name="rows">That will come back.</param>
    /// <param name="rowsPerSecond">That could be answered.</param>
    /// <returns>Whole seconds from now, 1 to <see cref="Latest"/> or, where the queue takes longer, more.</returns>
    public int Next(TimeSpan earliest, int rows, double rowsPerSecond)
    {
        int first = (int)Math.Clamp(Math.Ceiling(earliest.TotalSeconds), 1, int.MaxValue);
        double ofSecond = ShareOfSecond * rowsPerSecond, ofTenth = ShareOfTenth * rowsPerSecond / Tenths;
        lock (_lock)
        {
            Advance();
            for (int seconds = first; seconds < Latest; seconds++)
            {
                long then = _now + (Tenths * seconds);
                ref int second = ref _bySecond[then / Tenths % Latest], tenth = ref _byTenth[then % _byTenth.Length];
                if (Takes(second, rows, ofSecond) && Takes(tenth, rows, ofTenth))
                {
                    second += rows;
                    tenth += rows;
                    return seconds;
                }
            }

            return Math.Max(first, Latest);
        }
    }

    // However little room there is, somebody may come.
    private static bool Takes(int due, int rows, double room) => due == 0 || due + rows <= room;

    // Times that are over are free for those a minute later.
    private void Advance()
    {
        long now = (long)(Tenths * time.GetElapsedTime(_start).TotalSeconds);
        for (long tenth = Math.Max(_now, now - _byTenth.Length); tenth < now; tenth++)
        {
            _byTenth[tenth % _byTenth.Length] = 0;
            if (tenth % Tenths == Tenths - 1)
            {
                _bySecond[tenth / Tenths % Latest] = 0;
            }
        }

        _now = now;
    }
}
