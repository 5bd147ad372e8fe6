using Endpoints.Serving.Admission;
using Endpoints.Serving.Tracing;

namespace Endpoints.Serving.Metrics;

/// <summary>What one endpoint records. Tags are made once.</summary>
internal sealed class EndpointMetrics
{
    private readonly ServingMetrics _metrics;
    private readonly string _name;
    private readonly bool _isCascade;
    private readonly KeyValuePair<string, object?> _endpoint;
    private readonly KeyValuePair<string, object?>[][] _outcomes;
    private readonly KeyValuePair<string, object?>[] _queueDelay;
    private readonly KeyValuePair<string, object?>[] _concurrency;
    private readonly ResponseTags _responses;
    private readonly KeyValuePair<string, object?>[] _unreachable;
    private readonly KeyValuePair<string, object?>[] _passed;

    public EndpointMetrics(ServingMetrics metrics, string endpoint, int version = 1, bool isCascade = false)
    {
        (_metrics, _name, _isCascade) = (metrics, endpoint, isCascade);
        _endpoint = new("endpoint", endpoint);
        _outcomes = [.. Enum.GetValues<Outcome>().Select(outcome => new KeyValuePair<string, object?>[] { _endpoint, new("outcome", outcome.Label()) })];
        _queueDelay = [_endpoint, new("reason", "queue_delay")];
        _concurrency = [_endpoint, new("reason", "concurrency")];
        _responses = new ResponseTags(endpoint, version);
        _unreachable = [_endpoint, new("reason", "unreachable")];
        _passed = [_endpoint, new("reason", "passed")];
    }

    /// <summary>Makes every counter's series exist.</summary>
    public void ShowZeros()
    {
        foreach (KeyValuePair<string, object?>[] tags in _outcomes)
        {
            _metrics.Requests.Add(0, tags);
        }

        _metrics.Throttled.Add(0, _queueDelay);
        _metrics.Throttled.Add(0, _concurrency);
        _metrics.RealTokens.Add(0, _endpoint);
        _metrics.ComputedTokens.Add(0, _endpoint);
        foreach (int status in ResponseTags.Usual)
        {
            _metrics.Responses.Add(0, _responses.Of(status));
        }

        _metrics.Late.Add(0, _unreachable);
        _metrics.Late.Add(0, _passed);
        _metrics.ComputeTime.Add(0, _endpoint);
        if (_isCascade)
        {
            CountEscalated(0);
        }
    }

    public void Count(Outcome outcome) => _metrics.Requests.Add(1, _outcomes[(int)outcome]);

    public void CountThrottled(ThrottleReason reason) => _metrics.Throttled.Add(1, reason == ThrottleReason.QueueDelay ? _queueDelay : _concurrency);

    /// <summary>Counts an answer by the status that it had on the wire, or <see cref="ResponseTags.ClientLeft"/> for none.</summary>
    public void CountResponse(int status) => _metrics.Responses.Add(1, _responses.Of(status));

    /// <summary>Counts a batch's tokens: those of its rows, and those that the engine was given, which padding would add to.</summary>
    public void CountTokens(int real, int computed)
    {
        _metrics.RealTokens.Add(real, _endpoint);
        _metrics.ComputedTokens.Add(computed, _endpoint);
    }

    /// <summary>Counts rows that a cascade's small network left to the large one.</summary>
    public void CountEscalated(int rows) => _metrics.Escalated.Add(rows, _endpoint);

    /// <summary>Counts a request that was not answered in time.</summary>
    /// <param name="isRefused">True when it was refused at once, false when its time ran out while it waited.</param>
    public void CountLate(bool isRefused) => _metrics.Late.Add(1, isRefused ? _unreachable : _passed);

    public void RecordBatch(int rows, int tokens, TimeSpan elapsed)
    {
        _metrics.ComputeTime.Add(elapsed.TotalSeconds, _endpoint);
        _metrics.BatchRows.Record(rows, _endpoint);
        _metrics.BatchTokens.Record(tokens, _endpoint);
    }

    /// <summary>Records where an answered request's time went: in histograms, and in its span where it has one.</summary>
    public void RecordAnswer(RequestTimings timings, TimeProvider time)
    {
        RequestTracing.Record(_name, timings, time);
        _metrics.TokenizeDuration.Record(time.GetElapsedTime(timings.Read, timings.Tokenized).TotalSeconds, _endpoint);
        _metrics.QueueDuration.Record(time.GetElapsedTime(timings.Tokenized, timings.Started).TotalSeconds, _endpoint);
        _metrics.ComputeDuration.Record(time.GetElapsedTime(timings.Started, timings.Computed).TotalSeconds, _endpoint);
        _metrics.RequestDuration.Record(time.GetElapsedTime(timings.Received, timings.Answered).TotalSeconds, _endpoint);
    }
}
