namespace Endpoints.Serving.Invoke;

/// <summary>
/// Lets large bodies be parsed and tokenized by all threads of the pool but one. That takes tens of milliseconds without a pause, and the pool has a thread for each
/// processor: as many large bodies at once would hold up everything that is quick, health probes among them.
/// </summary>
internal sealed class LargeBodies : IDisposable
{
    /// <summary>Bytes from which on a body is large: a millisecond's work.</summary>
    public const int Threshold = 65_536;

    private readonly SemaphoreSlim _turns = new(Turns);

    /// <summary>Large bodies that are worked on at once.</summary>
    public static int Turns
    {
        get
        {
            ThreadPool.GetMinThreads(out int threads, out _);
            return Math.Max(1, threads - 1);
        }
    }

    /// <summary>Waits for a turn, where a body of so many bytes needs one.</summary>
    /// <returns>True when it did, and the caller gives the turn back.</returns>
    public async ValueTask<bool> EnterAsync(long bytes, CancellationToken cancellationToken)
    {
        if (bytes < Threshold)
        {
            return false;
        }

        await _turns.WaitAsync(cancellationToken);
        return true;
    }

    /// <summary>Gives a turn back.</summary>
    public void Leave() => _turns.Release();

    public void Dispose() => _turns.Dispose();
}
