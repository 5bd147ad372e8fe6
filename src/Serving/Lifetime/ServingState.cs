using Microsoft.Extensions.Hosting;

namespace Endpoints.Serving.Lifetime;

/// <summary>Where the server is between its start and its end. Read by every request, so nothing here waits.</summary>
internal sealed class ServingState(IHostApplicationLifetime lifetime)
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when every endpoint is warm; faults when a warm-up failed.</summary>
    public Task Ready => _ready.Task;

    /// <summary>What made the start fail; null when nothing did.</summary>
    public Exception? Failure => _ready.Task.Exception?.InnerException;

    /// <summary>True when the shutdown timeout passed before every request had ended.</summary>
    public bool IsCutOff { get; set; }

    public bool IsWarm => _ready.Task.IsCompletedSuccessfully;

    /// <summary>True from the signal to stop on.</summary>
    public bool IsDraining => lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>True while new requests should be sent here.</summary>
    public bool IsReady => IsWarm && !IsDraining;

    /// <summary><c>warming</c>, <c>ready</c>, <c>draining</c> or <c>failed</c>.</summary>
    public string Name => Failure is not null ? "failed" : IsDraining ? "draining" : IsWarm ? "ready" : "warming";

    public void BecomeReady() => _ready.TrySetResult();

    /// <summary>A warm-up failed: nothing can be served, so the host stops.</summary>
    public void Fail(Exception exception)
    {
        _ready.TrySetException(exception);
        _ = _ready.Task.Exception; // observed: a host that nobody awaits must not raise it again
        lifetime.StopApplication();
    }
}
