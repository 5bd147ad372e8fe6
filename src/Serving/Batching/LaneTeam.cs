using Endpoints.Bert;
using Endpoints.Compute;
using Endpoints.Serving.Admission;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Lifetime;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Endpoints.Serving.Batching;

/// <summary>The engine's lanes, started with the host and stopped after the web server, when nothing can be queued any more.</summary>
internal sealed class LaneTeam : IHostedService, IDisposable
{
    private static readonly TimeSpan JoinTimeout = TimeSpan.FromSeconds(2);

    private readonly EndpointCatalog _catalog;
    private readonly ServingState _state;
    private readonly ILogger<LaneTeam> _logger;
    private readonly IdleLanes _idle;
    private readonly Lane[] _lanes;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopped = new();
    private int _cold;

    public LaneTeam(IEngine engine, EndpointCatalog catalog, FairShares shares, LaneClock clock, ServingState state, TimeProvider time, ILogger<LaneTeam> logger)
    {
        (_catalog, _state, _time, _logger) = (catalog, state, time, logger);
        _lanes = new Lane[engine.LaneCount];
        _idle = new IdleLanes(engine.LaneCount);
        for (int i = 0; i < _lanes.Length; i++)
        {
            _lanes[i] = new Lane(i, catalog, shares, _idle, clock, time, logger);
        }

        _cold = _lanes.Length;
    }

    /// <summary>Says that a request was queued.</summary>
    public void Wake() => _idle.WakeOne();

    /// <summary>Warms an endpoint up that is not served yet, without holding traffic up for longer than a batch.</summary>
    /// <exception cref="OperationCanceledException">The server stopped.</exception>
    public async Task WarmUpAsync(ServedEndpoint endpoint)
    {
        // It may have come to a queue that is in use.
        if (endpoint.Queue.IsWarm)
        {
            return;
        }

        var warmUp = new LaneWarmUp(endpoint.Queue, _lanes.Length, _time);
        foreach (Lane lane in _lanes)
        {
            lane.Post(warmUp);
        }

        _idle.WakeAll();
        await using (_stopped.Token.UnsafeRegister(_ => warmUp.Cancel(), null))
        {
            await warmUp.Done;
        }

        endpoint.Queue.IsWarm = true;
        LogWarm(endpoint);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (Lane lane in _lanes)
        {
            lane.Start(OnWarmedUp);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        // The web server has waited for its requests, unless time ran out.
        _state.IsCutOff = cancellationToken.IsCancellationRequested;
        Stop();
        for (int i = 0; i < _lanes.Length; i++)
        {
            if (!_lanes[i].Join(TimeSpan.Zero))
            {
                Log.LaneStuck(_logger, i);
            }
        }

        return Task.CompletedTask;
    }

    public void Dispose()
    {
        // A host that could not start, for its port is taken, is never stopped; its lanes may be warming up.
        Stop();
        // A lane that is stuck in the engine may still come to use the semaphore; it has no handle to release.
        if (_lanes.All(lane => lane.Join(TimeSpan.Zero)))
        {
            _idle.Dispose();
            _stopped.Dispose();
        }
    }

    // Asks every lane to end, ends what waits for one, and gives the lanes a moment. More than once does nothing more.
    private void Stop()
    {
        if (_stopped.IsCancellationRequested)
        {
            return;
        }

        foreach (Lane lane in _lanes)
        {
            lane.Stop();
        }

        _stopped.Cancel();
        _idle.WakeAll();
        foreach (NetworkQueue queue in _catalog.Scheduled)
        {
            queue.Batcher.AbandonAll(Completion.Stopped);
        }

        long start = _time.GetTimestamp();
        foreach (Lane lane in _lanes)
        {
            TimeSpan left = JoinTimeout - _time.GetElapsedTime(start);
            lane.Join(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }
    }

    // Called by each lane's thread.
    private void OnWarmedUp(Exception? failure)
    {
        if (failure is not null)
        {
            Log.WarmUpFailed(_logger, failure);
            _state.Fail(failure);
        }
        else if (Interlocked.Decrement(ref _cold) == 0)
        {
            foreach (ServedEndpoint endpoint in _catalog.All)
            {
                endpoint.Queue.IsWarm = true;
                LogWarm(endpoint);
            }

            _state.BecomeReady();
        }
    }

    private void LogWarm(ServedEndpoint endpoint)
    {
        string precision = PrecisionName.Of(endpoint.Precision);
        CostTerms cost = endpoint.Cost.Terms;
        Log.WarmedUp(
            _logger,
            endpoint.Name,
            endpoint.Description.SubNetwork,
            precision,
            endpoint.Description.Parameters.Kept,
            1e6 * cost.Fixed,
            1e6 * cost.PerToken,
            1e9 * cost.PerSquare);
        if (!PrecisionSupport.IsFast(endpoint.Precision))
        {
            Log.SlowPrecision(
                _logger, endpoint.Name, precision, PrecisionSupport.Describe(endpoint.Precision), PrecisionName.Of(PrecisionSupport.Default));
        }
    }
}
