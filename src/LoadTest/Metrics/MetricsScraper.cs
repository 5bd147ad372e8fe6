using Endpoints.LoadTest.Measuring;
using Endpoints.LoadTest.Results;
using Endpoints.LoadTest.Users;

namespace Endpoints.LoadTest.Metrics;

/// <summary>Reads the counters of a target's server before and after each stage and holds them against what the tester counted.</summary>
internal sealed class MetricsScraper : IDisposable
{
    /// <summary>A server counts a request when its answer has left, which may be a moment after the client has read it.</summary>
    private const int Tries = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(50);
    private readonly HttpClient _http;
    private readonly LoadTarget _target;
    private readonly TimeProvider _time;
    private readonly CancellationToken _interrupted;
    private readonly string? _endpoint;
    private ServerCounts? _before;
    private Recorder _sent = new();
    private long _began;

    public MetricsScraper(LoadTarget target, EndpointFacts? facts, TimeProvider time, CancellationToken interrupted)
    {
        (_target, _time, _interrupted) = (target, time, interrupted);
        _endpoint = facts?.Name ?? LoadTarget.EndpointIn(target.Url);
        _http = new HttpClient(target.Connection.Handler(Patience)) { Timeout = Timeout.InfiniteTimeSpan };
        target.Connection.AddHeaders(_http.DefaultRequestHeaders);
    }

    /// <summary>Notes how things stand before a stage.</summary>
    public async Task BeginAsync(TargetUnderTest target)
    {
        _sent = target.Whole.Copy();
        _began = _time.GetTimestamp();
        _before = await ReadAsync().ConfigureAwait(false);
    }

    /// <summary>What the server counted since, beside what the tester did; null when the server does not tell.</summary>
    public async Task<Reconciliation?> EndAsync(TargetUnderTest target)
    {
        if (_before is null)
        {
            return null;
        }

        Recorder now = target.Whole.Copy();
        long ok = now.Attempts(Outcome.Ok) - _sent.Attempts(Outcome.Ok), throttled = now.Attempts(Outcome.Throttled) - _sent.Attempts(Outcome.Throttled);
        Reconciliation? found = null;
        for (int i = 0; i < Tries && found is not { Agrees: true }; i++)
        {
            await Pause.ForAsync(i == 0 ? TimeSpan.Zero : BetweenTries, _time, _interrupted).ConfigureAwait(false);
            if (await ReadAsync().ConfigureAwait(false) is { } after)
            {
                ServerCounts counted = after - _before;
                double seconds = _time.GetElapsedTime(_began).TotalSeconds;
                found = new Reconciliation(ok, counted.Ok, throttled, counted.Throttled, counted.Others)
                {
                    ServerCores = counted.CpuSeconds is { } cpu && seconds > 0 ? Math.Round(cpu / seconds, 3) : null,
                };
            }
        }

        return found;
    }

    public void Dispose() => _http.Dispose();

    private async Task<ServerCounts?> ReadAsync()
    {
        if (_endpoint is null)
        {
            return null;
        }

        using var deadline = new Deadline(Patience, _time, _interrupted);
        try
        {
            return ServerCounts.From(MetricsText.Parse(await _http.GetStringAsync(new Uri(_target.Url, "/metrics"), deadline.Start()).ConfigureAwait(false)), _endpoint);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException or InvalidOperationException)
        {
            // Any server may be tested; this one has no such page.
            return null;
        }
    }
}
