namespace Endpoints.LoadTest.Wire;

/// <summary>
/// Ends a request that takes too long, or when the run is interrupted, by closing its connection. It costs a request two writes: one timer looks at the
/// time limit of whichever request is under way when it fires, instead of being set anew for each.
/// </summary>
internal sealed class RequestWatch : IDisposable
{
    private const long None = 0;
    private const long Late = -1;
    private const long Stopped = -2;

    private readonly TimeSpan _limit;
    private readonly TimeProvider _time;
    private readonly CancellationToken _interrupted;
    private readonly Action _close;
    private readonly CancellationTokenRegistration _interruption;
    private readonly Lock _ending = new();
    private ITimer? _timer;
    private bool _disposed;
    private long _started;
    private long _number;

    /// <summary>Number of the request under way, or why it was ended.</summary>
    private long _underWay;

    /// <param name="limit">How long a request may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="interrupted">Fires when the run is interrupted.</param>
    /// <param name="close">Closes the connection, so that what waits for it fails.</param>
    public RequestWatch(TimeSpan limit, TimeProvider time, CancellationToken interrupted, Action close)
    {
        (_limit, _time, _interrupted, _close) = (limit, time, interrupted, close);
        _interruption = interrupted.UnsafeRegister(watch => ((RequestWatch)watch!).End(Stopped), this);
    }

    /// <summary>A request starts.</summary>
    /// <param name="now">Timestamp of now.</param>
    /// <returns>False when the run is interrupted: nothing is to be sent any more.</returns>
    public bool Start(long now)
    {
        _started = now;

        // A full fence: either the interruption finds this request, or this request finds the interruption.
        Interlocked.Exchange(ref _underWay, ++_number);
        _timer ??= _time.CreateTimer(_ => Look(), null, Rounded(_limit), Timeout.InfiniteTimeSpan);
        return !_interrupted.IsCancellationRequested;
    }

    /// <summary>A request is over, one way or another.</summary>
    public WatchEnd Stop()
    {
        long why = Interlocked.Exchange(ref _underWay, None);
        if (why > 0)
        {
            return WatchEnd.InTime;
        }

        // Whoever ended it may still be closing the connection; the next request must not lose its own to that.
        lock (_ending)
        {
            return why == Late ? WatchEnd.Late : WatchEnd.Interrupted;
        }
    }

    public void Dispose()
    {
        _interruption.Dispose();
        lock (_ending)
        {
            _disposed = true;
            _timer?.Dispose();
        }
    }

    private void Look()
    {
        lock (_ending)
        {
            if (_disposed)
            {
                return;
            }

            // Read in this order: if another request starts meanwhile, its later start makes this one look younger, never older.
            long number = Volatile.Read(ref _underWay);
            TimeSpan left = number > 0 ? _limit - _time.GetElapsedTime(Volatile.Read(ref _started)) : _limit;
            if (left <= TimeSpan.Zero)
            {
                End(Late, number);
                left = _limit;
            }

            _timer!.Change(Rounded(left), Timeout.InfiniteTimeSpan);
        }
    }

    private void End(long why)
    {
        lock (_ending)
        {
            End(why, Volatile.Read(ref _underWay));
        }
    }

    private void End(long why, long number)
    {
        if (number > 0 && Interlocked.CompareExchange(ref _underWay, why, number) == number)
        {
            _close();
        }
    }

    /// <summary>Timers count whole milliseconds and would cut the rest off.</summary>
    private static TimeSpan Rounded(TimeSpan span) => TimeSpan.FromMilliseconds(Math.Ceiling(span.TotalMilliseconds));
}

/// <summary>How a watched request ended.</summary>
internal enum WatchEnd
{
    /// <summary>Within its time.</summary>
    InTime,

    /// <summary>It took too long.</summary>
    Late,

    /// <summary>The run was interrupted.</summary>
    Interrupted,
}
