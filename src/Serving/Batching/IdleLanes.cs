namespace Endpoints.Serving.Batching;

/// <summary>Lets lanes sleep while there is no work, and wakes one lane for each request that comes then.</summary>
/// <remarks>
/// A lane announces that it is idle, looks for work once more, and only then sleeps; a request thread queues its work first and wakes second.
/// So whichever comes last sees the other. Each announcement is taken back exactly once: by the thread that wakes a lane, or by the lane itself.
/// </remarks>
internal sealed class IdleLanes : IDisposable
{
    private readonly SemaphoreSlim _wakeUps = new(0);
    private int _idle;

    public void Announce() => Interlocked.Increment(ref _idle);

    /// <summary>The announcing lane found work after all.</summary>
    public void Withdraw()
    {
        if (!TryTakeBack())
        {
            _wakeUps.Wait();
        }
    }

    /// <summary>Sleeps until woken.</summary>
    public void Sleep() => _wakeUps.Wait();

    /// <summary>Wakes a lane if one is idle.</summary>
    /// <returns>False when none is.</returns>
    public bool WakeOne()
    {
        // The queued work must be visible before idleness is looked at.
        Interlocked.MemoryBarrier();
        if (!TryTakeBack())
        {
            return false;
        }

        _wakeUps.Release();
        return true;
    }

    public void Dispose() => _wakeUps.Dispose();

    private bool TryTakeBack()
    {
        int idle = Volatile.Read(ref _idle);
        while (idle > 0)
        {
            int seen = Interlocked.CompareExchange(ref _idle, idle - 1, idle);
            if (seen == idle)
            {
                return true;
            }

            idle = seen;
        }

        return false;
    }
}
