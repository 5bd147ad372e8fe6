namespace Endpoints.Hub.Transfer;

/// <summary>Gives up on a server that sends nothing: a cancellation that says whether it was the silence or the caller.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly TimeSpan _limit;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _silence;
    private readonly CancellationTokenSource _either;

    public Deadline(TimeSpan limit, TimeProvider time, CancellationToken caller)
    {
        _limit = limit;
        _caller = caller;
        _silence = new CancellationTokenSource(limit, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_silence.Token, caller);
    }

    public CancellationToken Token => _either.Token;

    /// <summary>True when an operation ended because the server was silent, not because the caller stopped it.</summary>
    public bool Passed => _silence.IsCancellationRequested && !_caller.IsCancellationRequested;

    /// <summary>The server sent something: the time starts anew.</summary>
    public void Extend() => _silence.CancelAfter(_limit);

    public void Dispose()
    {
        _either.Dispose();
        _silence.Dispose();
    }
}
