using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Numerics;
using Endpoints.Compute;
using Endpoints.Serving.Admission;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Lifetime;

namespace Endpoints.Serving.Metrics;

/// <summary>Every instrument of the server. Names follow OpenTelemetry; <see cref="PrometheusText"/> turns them into Prometheus names.</summary>
internal sealed class ServingMetrics : IDisposable
{
    public const string MeterName = "Endpoints.Serving";

    /// <summary>Label value of requests that named no endpoint of ours; no endpoint can have this name.</summary>
    public const string UnknownEndpoint = "(unknown)";

    private static readonly double[] RequestSeconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    private static readonly double[] TokenizeSeconds = [0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1];
    private static readonly double[] Rows = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
    private static readonly double[] Tokens = [16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096, 8_192, 16_384];

    private static readonly KeyValuePair<string, object?>[] UnknownEndpointTags = [new("endpoint", UnknownEndpoint), new("outcome", Outcome.Invalid.Label())];

    private static readonly ResponseTags UnknownEndpointResponses = new(UnknownEndpoint);

    private readonly List<DeclaredHistogram> _histograms = [];
    private ImmutableArray<ServedEndpoint> _endpoints = [];
    private volatile bool _isStarted;

    public ServingMetrics()
    {
        Requests = Meter.CreateCounter<long>("endpoints.requests", "{request}", "Requests by how they ended.");
        Throttled = Meter.CreateCounter<long>("endpoints.throttled", "{request}", "Requests answered 429, by reason.");
        Responses = Meter.CreateCounter<long>("endpoints.responses", "{request}", "Requests by the status that they were answered with; 499 where the client left.");
        RealTokens = Meter.CreateCounter<long>("endpoints.real_tokens", "{token}", "Tokens of computed rows.");
        ComputedTokens = Meter.CreateCounter<long>("endpoints.computed_tokens", "{token}", "Tokens that the engine computed; above the real ones where rows are padded.");
        Late = Meter.CreateCounter<long>("endpoints.late", "{request}", "Requests answered 504, by reason: refused at once, or found late while they waited.");
        Escalated = Meter.CreateCounter<long>("endpoints.cascade.escalated", "{row}", "Rows of a cascade that its small network was not sure of and its large one computed.");
        ComputeTime = Meter.CreateCounter<double>("endpoints.compute.time", "s", "Lane time spent on batches.");
        RequestDuration = Seconds("endpoints.request.duration", "Time from a request's arrival to its answer", RequestSeconds);
        TokenizeDuration = Seconds("endpoints.tokenize.duration", "Time to tokenize a request", TokenizeSeconds);
        QueueDuration = Seconds("endpoints.queue.duration", "Time that a request waited for a lane", RequestSeconds);
        ComputeDuration = Seconds("endpoints.compute.duration", "Time from the start of a request's first batch to the end of its last", RequestSeconds);
        BatchRows = Histogram<int>("endpoints.batch.rows", "{row}", "Rows of each computed batch.", Rows);
        BatchTokens = Histogram<int>("endpoints.batch.tokens", "{token}", "Tokens of each computed batch.", Tokens);
        ProcessInstruments.AddTo(Meter);
    }

    public Meter Meter { get; } = new(MeterName);

    public Counter<long> Requests { get; }

    public Counter<long> Throttled { get; }

    public Counter<long> Responses { get; }

    public Counter<long> RealTokens { get; }

    public Counter<long> ComputedTokens { get; }

    public Counter<long> Late { get; }

    public Counter<long> Escalated { get; }

    public Counter<double> ComputeTime { get; }

    public Histogram<double> RequestDuration { get; }

    public Histogram<double> TokenizeDuration { get; }

    public Histogram<double> QueueDuration { get; }

    public Histogram<double> ComputeDuration { get; }

    public Histogram<int> BatchRows { get; }

    public Histogram<int> BatchTokens { get; }

    /// <summary>Histograms with the endpoints that they will have, so that they can be shown before their first value.</summary>
    public IReadOnlyList<DeclaredHistogram> Histograms => _histograms;

    /// <summary>Counts a request that named no endpoint of ours, by the status that it was answered with.</summary>
    public void CountUnknownEndpoint(int status)
    {
        Requests.Add(1, UnknownEndpointTags);
        Responses.Add(1, UnknownEndpointResponses.Of(status));
    }

    /// <summary>Shows an endpoint's series from now on; in the place of those of one that had its name.</summary>
    public void Show(ServedEndpoint endpoint)
    {
        ImmutableInterlocked.Update(ref _endpoints, endpoints => endpoints.RemoveAll(shown => shown.Name == endpoint.Name).Add(endpoint));
        foreach (DeclaredHistogram histogram in _histograms)
        {
            histogram.Add(endpoint.Name);
        }

        if (_isStarted)
        {
            endpoint.Metrics.ShowZeros();
        }
    }

    /// <summary>Shows the gauges of an endpoint no longer. Its counters stay, as counters do.</summary>
    public void Hide(ServedEndpoint endpoint) => ImmutableInterlocked.Update(ref _endpoints, endpoints => endpoints.Remove(endpoint));

    /// <summary>
    /// Once an exporter listens: sets every counter to 0, so that its series exists before the first request, and adds the gauges, which look at
    /// the running server.
    /// </summary>
    public void Start(Readiness readiness, WaitEstimator waits)
    {
        Requests.Add(0, UnknownEndpointTags);
        Responses.Add(0, UnknownEndpointResponses.Of(404));
        _isStarted = true;
        foreach (ServedEndpoint endpoint in _endpoints)
        {
            endpoint.Metrics.ShowZeros();
        }

        Meter.CreateObservableGauge("endpoints.ready", () => readiness.IsReady ? 1 : 0, null, "1 while new requests should be sent here.");
        Gauge("endpoints.queue.depth", "{row}", "Rows that wait for a lane.", endpoint => endpoint.Load.QueuedRows);
        Gauge("endpoints.in_flight", "{row}", "Rows that a lane computes.", endpoint => endpoint.Load.InFlightRows);
        Gauge("endpoints.predicted_wait", "s", "How long a request that arrives now would wait.", endpoint => waits.Predict(endpoint).TotalSeconds);
        Gauge("endpoints.cost.fixed", "s", "Compute time of a batch, however small, as fitted to measured batches.", endpoint => endpoint.Cost.Terms.Fixed);
        Gauge("endpoints.cost.token", "s", "Compute time of each token, as fitted to measured batches.", endpoint => endpoint.Cost.Terms.PerToken);
        Gauge("endpoints.cost.square", "s", "Compute time of each unit of a row's squared length, as fitted to measured batches.", endpoint => endpoint.Cost.Terms.PerSquare);
        Gauge("endpoints.cost.error", "1", "How far predicted durations of batches have been off lately, as a share of the measured ones.", endpoint => endpoint.Cost.Error);
        Gauge("endpoints.model.parameters", "{parameter}", "Parameters that the sub-network keeps.", endpoint => endpoint.Description.Parameters.Kept);
        Meter.CreateObservableGauge(
            "endpoints.model.accuracy",
            () => from endpoint in _endpoints
                  let accuracy = endpoint.Description.Accuracy
                  where accuracy.HasValue
                  select new Measurement<double>(accuracy.Value, EndpointTag(endpoint)),
            null,
            "Measured accuracy of the endpoint's sub-network, where known.");
        Meter.CreateObservableGauge("endpoints.model.info", () => _endpoints.Select(Info), null, "What each endpoint runs; always 1.");
    }

    public void Dispose() => Meter.Dispose();

    private static KeyValuePair<string, object?> EndpointTag(ServedEndpoint endpoint) => new("endpoint", endpoint.Name);

    private static Measurement<int> Info(ServedEndpoint endpoint) => new(
        1,
        EndpointTag(endpoint),
        new("sub_network", endpoint.Description.SubNetwork),
        new("precision", PrecisionName.Of(endpoint.Precision)),
        new("parent", endpoint.Description.Parent ?? ""),
        new("task", endpoint.Description.Task ?? ""),
        new("split", endpoint.Description.Split ?? ""),
        new("problem_type", endpoint.Description.ProblemType),
        new("default", endpoint.IsDefault ? "true" : "false"));

    private void Gauge(string name, string unit, string description, Func<ServedEndpoint, double> value) => Meter.CreateObservableGauge(
        name, () => _endpoints.Select(endpoint => new Measurement<double>(value(endpoint), EndpointTag(endpoint))), unit, description);

    private Histogram<double> Seconds(string name, string what, double[] bounds) =>
        Histogram<double>(name, "s", $"{what}, of requests answered with a result.", bounds);

    private Histogram<T> Histogram<T>(string name, string unit, string description, double[] bounds)
        where T : struct, INumber<T>
    {
        _histograms.Add(new DeclaredHistogram(name, unit, description, bounds));
        var advice = new InstrumentAdvice<T> { HistogramBucketBoundaries = [.. bounds.Select(bound => T.CreateChecked(bound))] };
        return Meter.CreateHistogram(name, unit, description, tags: null, advice);
    }
}

/// <summary>A histogram, and the endpoints that it has a series for.</summary>
internal sealed record DeclaredHistogram(string Name, string Unit, string Description, double[] Bounds)
{
    private ImmutableArray<string> _endpoints = [];

    public ImmutableArray<string> Endpoints => _endpoints;

    public void Add(string endpoint) =>
        ImmutableInterlocked.Update(ref _endpoints, endpoints => endpoints.Contains(endpoint) ? endpoints : endpoints.Add(endpoint));
}
