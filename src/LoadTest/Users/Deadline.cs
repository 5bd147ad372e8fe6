namespace Endpoints.LoadTest.Users;

/// <summary>A cancellation token that fires when a request takes too long or the run is interrupted; one is enough for many requests, one after the other.</summary>
internal sealed class Deadline(TimeSpan limit, TimeProvider time, CancellationToken interrupted) : IDisposable
{
    private CancellationTokenSource? _source;
    private CancellationTokenRegistration _interruption;

    /// <summary>Starts the clock.</summary>
    public CancellationToken Start()
    {
        if (_source is null)
        {
            _source = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
            _interruption = interrupted.UnsafeRegister(source => ((CancellationTokenSource)source!).Cancel(), _source);
        }

        _source.CancelAfter(limit);
        return _source.Token;
    }

    /// <summary>Stops the clock; the same source serves again unless it has fired.</summary>
    public void Stop()
    {
        if (_source?.TryReset() == false)
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        _interruption.Dispose();
        _source?.Dispose();
        _source = null;
    }
}
