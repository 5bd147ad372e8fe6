using Endpoints.Serving.Options;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Endpoints.Serving.Lifetime;

/// <summary>
/// Between the signal to stop and the closing of the listener: readiness is gone at once, requests are still taken for a while, because load
/// balancers need a moment to notice. The web server then stops listening and waits for the requests it has.
/// </summary>
internal sealed class Drain(ServingState state, ServerOptions options, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<Drain> logger)
    : IHostedLifecycleService
{
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        // A signal has done this already; a host that is stopped in process has not.
        lifetime.StopApplication();
        if (state.Failure is null && options.DrainDelay > TimeSpan.Zero)
        {
            Log.Draining(logger, options.DrainDelay.TotalSeconds);
            await Task.Delay(options.DrainDelay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        Log.Drained(logger);
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
