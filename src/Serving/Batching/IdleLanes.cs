namespace Endpoints.Serving.Batching;

/// <summary>Lets lanes sleep while there is no work, and wakes one lane for each request that comes then.</summary>
/// <remarks>
/// A lane announces that it is idle, looks for work once more, and only then sleeps; a request thread queues its work first and wakes second.
/// So whichever comes last sees the other. Each announcement is taken back exactly once: by the thread that wakes the lane, or by the lane itself.
/// </remarks>
internal sealed class IdleLanes : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim[] _wakeUps;
    private readonly bool[] _isIdle;
    private int _idle;

    public IdleLanes(int lanes)
    {
        _wakeUps = [.. Enumerable.Range(0, lanes).Select(_ => new SemaphoreSlim(0))];
        _isIdle = new bool[lanes];
    }

    /// <summary>True when every lane has announced that it is idle.</summary>
    public bool AreAllIdle => Volatile.Read(ref _idle) == _isIdle.Length;

    public void Announce(int lane)
    {
        lock (_lock)
        {
            _isIdle[lane] = true;
            _idle++;
        }
    }

    /// <summary>The announcing lane found work after all.</summary>
    public void Withdraw(int lane)
    {
        if (!TryTakeBack(lane))
        {
            _wakeUps[lane].Wait();
        }
    }

    /// <summary>Sleeps until woken.</summary>
    public void Sleep(int lane) => _wakeUps[lane].Wait();

    /// <summary>Wakes a lane if one is idle.</summary>
    public void WakeOne()
    {
        // The queued work must be visible before idleness is looked at.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _idle) == 0)
        {
            return;
        }

        for (int lane = 0; lane < _wakeUps.Length; lane++)
        {
            if (TryWake(lane))
            {
                return;
            }
        }
    }

    /// <summary>Wakes every lane that is idle.</summary>
    public void WakeAll()
    {
        for (int lane = 0; lane < _wakeUps.Length; lane++)
        {
            TryWake(lane);
        }
    }

    public void Dispose()
    {
        foreach (SemaphoreSlim wakeUp in _wakeUps)
        {
            wakeUp.Dispose();
        }
    }

    private bool TryWake(int lane)
    {
        if (!TryTakeBack(lane))
        {
            return false;
        }

        _wakeUps[lane].Release();
        return true;
    }

    private bool TryTakeBack(int lane)
    {
        lock (_lock)
        {
            if (!_isIdle[lane])
            {
                return false;
            }

            _isIdle[lane] = false;
            _idle--;
            return true;
        }
    }
}
