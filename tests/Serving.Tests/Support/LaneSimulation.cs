using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Tokenization;
using Endpoints.Serving.Admission;
using Endpoints.Serving.Batching;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Metrics;
using Endpoints.Serving.Options;

namespace Endpoints.Serving.Tests.Support;

/// <summary>A request that a simulation sends.</summary>
/// <param name="At">When, in seconds.</param>
/// <param name="Endpoint">To which endpoint.</param>
/// <param name="Length">Tokens of its row.</param>
/// <param name="Priority">Its priority.</param>
/// <param name="DeadlineSeconds">Time that it has; null for any.</param>
internal sealed record Arrival(double At, int Endpoint, int Length, Priority Priority = Priority.Normal, double? DeadlineSeconds = null);

/// <summary>What became of a request.</summary>
/// <param name="Arrival">It.</param>
/// <param name="Predicted">Predicted wait for its compute to start, in seconds, when it came.</param>
/// <param name="Refused">Why it was not admitted.</param>
/// <param name="Pending">It in the queue, where it was admitted.</param>
internal sealed record Fate(Arrival Arrival, double Predicted, ThrottleReason? Refused, PendingRequest? Pending)
{
    public bool IsComputed => Pending is { Ended.IsCompletedSuccessfully: true } && Pending.Ended.Result == Completion.Computed;

    public double Latency => (Pending!.FinishedAt / (double)TimeSpan.TicksPerSecond) - Arrival.At;

    public double Wait => (Pending!.StartedAt / (double)TimeSpan.TicksPerSecond) - Arrival.At;
}

/// <summary>
/// The server's own admission, queues, shares and cost models around one lane whose batches take what <see cref="Truth"/> says, on a clock of its own: no
/// thread, no network, the same result every time.
/// </summary>
internal sealed class LaneSimulation
{
    private readonly ManualTimeProvider _time = new();
    private readonly EndpointCatalog _catalog;
    private readonly FairShares _shares;
    private readonly LaneClock _clock;
    private readonly WaitEstimator _waits;
    private readonly AdmissionControl _admission;
    private readonly Batch _batch = new();
    private NetworkQueue? _running;
    private double _started;
    private double _predicted;

    public LaneSimulation(params EndpointOptions[] options)
        : this(oneQueue: false, options)
    {
    }

    /// <param name="oneQueue">Whether the endpoints are names of one network, with one queue.</param>
    /// <param name="options">Theirs.</param>
    public LaneSimulation(bool oneQueue, params EndpointOptions[] options)
    {
        var engine = new FakeEngine();
        var metrics = new ServingMetrics();
        BertConfig config = BertConfig.Uniform(1000, 8, 2, 2, 16, 512, "yes", "no");
        var checkpoint = TestHost.CheckpointOf(config, new FakeTokenizer());
        ISuperNetwork network = engine.Load(checkpoint);
        NetworkQueue? queue = null;
        _catalog = new EndpointCatalog([.. options.Select((own, i) =>
        {
            var definition = new EndpointDefinition($"e{i}", checkpoint, SubNetwork.Full(config));
            if (oneQueue && queue is not null)
            {
                queue.Terms.Join(definition.Name, own);
            }
            else
            {
                queue = new NetworkQueue(network, definition.SubNetwork, definition.Name, own, 1, _time);
            }

            return new ServedEndpoint(definition, queue, own, metrics, i == 0);
        })]);
        _shares = new FairShares(_catalog, _time);
        _clock = new LaneClock(1, _time);
        _waits = new WaitEstimator(_catalog, _shares, _clock);
        _admission = new AdmissionControl(_waits, _time);
        Truth = [.. options.Select(_ => new CostTerms(0.001, 50e-6, 0))];
        ComputeSeconds = new double[options.Length];
    }

    /// <summary>What batches of each queue really cost.</summary>
    public CostTerms[] Truth { get; }

    /// <summary>By what measured times differ from <see cref="Truth"/>, as a factor.</summary>
    public Func<double> Noise { get; set; } = () => 1;

    /// <summary>Lane time that each queue has had.</summary>
    public double[] ComputeSeconds { get; }

    public List<(int Endpoint, double Start, double Seconds, Work Work)> Batches { get; } = [];

    private double Now => _time.GetTimestamp() / (double)TimeSpan.TicksPerSecond;

    /// <summary>Sends requests, which must be in order of time, and computes until the last one has ended.</summary>
    public List<Fate> Run(IEnumerable<Arrival> arrivals)
    {
        for (int i = 0; i < _catalog.Scheduled.Length; i++)
        {
            // As warm-up would.
            CostTerms truth = Truth[i];
            Work[] shapes = [Work.OfRow(512), Work.OfRow(8), Work.OfRow(64), new(8, 512, 8 * 4096), new(2, 512, 2 * 256 * 256)];
            _catalog.Scheduled[i].Cost.Calibrate(shapes.Select(shape => (shape, TimeSpan.FromSeconds(truth.Seconds(shape)))));
        }

        var fates = new List<Fate>();
        double freeAt = double.PositiveInfinity;
        foreach (Arrival arrival in arrivals)
        {
            while (freeAt <= arrival.At)
            {
                AdvanceTo(freeAt);
                freeAt = EndAndStartNext();
            }

            AdvanceTo(arrival.At);
            fates.Add(Send(arrival));
            freeAt = _running is null ? StartNext() : freeAt;
        }

        while (!double.IsPositiveInfinity(freeAt))
        {
            AdvanceTo(freeAt);
            freeAt = EndAndStartNext();
        }

        return fates;
    }

    /// <summary>Requests at random times of a rate, all of one length.</summary>
    public static IEnumerable<Arrival> Poisson(int endpoint, double perSecond, double seconds, int length, int seed)
    {
        var random = new Random(seed);
        for (double at = Gap(); at < seconds; at += Gap())
        {
            yield return new Arrival(at, endpoint, length);
        }

        double Gap() => -Math.Log(1 - random.NextDouble()) / perSecond;
    }

    public static double Percentile(IEnumerable<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        return sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];
    }

    private Fate Send(Arrival arrival)
    {
        ServedEndpoint endpoint = _catalog.All[arrival.Endpoint];
        double predicted = _waits.Predict(endpoint, arrival.Priority).TotalSeconds;
        var work = Work.OfRow(arrival.Length);
        long now = _time.GetTimestamp();
        long deadline = arrival.DeadlineSeconds is { } limit ? now + (long)(limit * TimeSpan.TicksPerSecond) : long.MaxValue;
        if (_admission.TryAdmit(endpoint, work, arrival.Priority, deadline) is { } refused)
        {
            return new Fate(arrival, predicted, refused.Reason, null);
        }

        var tokens = new int[arrival.Length];
        var pending = new PendingRequest([new Encoding(tokens, tokens, false)], 2, now, arrival.Priority, deadline) { Owner = endpoint.Owner };
        endpoint.Queue.Batcher.Enqueue(pending, work);
        if (deadline != long.MaxValue)
        {
            _time.CreateTimer(_ => endpoint.Queue.Batcher.Abandon(pending, Completion.TimedOut), null, TimeSpan.FromTicks(deadline - now), Timeout.InfiniteTimeSpan);
        }

        return new Fate(arrival, predicted, null, pending);
    }

    private double EndAndStartNext()
    {
        double seconds = Now - _started;
        NetworkQueue queue = _running!;
        _clock.Stop(0);
        _shares.Settle(queue, _predicted, seconds);
        queue.Cost.Observe(_batch.Work, TimeSpan.FromSeconds(seconds));
        _batch.LeaveLoad();
        _batch.Finish(_batch.Logits(2), 2, _time.GetTimestamp());
        _batch.Clear();
        return StartNext();
    }

    private double StartNext()
    {
        _running = _shares.FormNext(_batch);
        if (_running is null)
        {
            return double.PositiveInfinity;
        }

        int index = Array.IndexOf(_catalog.Scheduled, _running);
        _started = Now;
        _predicted = _running.Cost.Seconds(_batch.Work);
        _clock.Start(0, TimeSpan.FromSeconds(_predicted));
        double seconds = Truth[index].Seconds(_batch.Work) * Noise();
        ComputeSeconds[index] += seconds;
        Batches.Add((index, _started, seconds, _batch.Work));
        return _started + seconds;
    }

    private void AdvanceTo(double at)
    {
        long ticks = (long)Math.Ceiling(at * TimeSpan.TicksPerSecond) - _time.GetTimestamp();
        if (ticks > 0)
        {
            _time.Advance(TimeSpan.FromTicks(ticks));
        }
    }
}
