namespace Endpoints.LoadTest.Metrics;

/// <summary>What a server of this project has counted for one endpoint since it started.</summary>
/// <param name="Ok">Requests answered with a result.</param>
/// <param name="Throttled">Requests answered 429.</param>
/// <param name="Others">Requests that ended otherwise.</param>
/// <param name="CpuSeconds">Processor time of the server's process; null when it does not tell.</param>
internal sealed record ServerCounts(long Ok, long Throttled, long Others, double? CpuSeconds)
{
    private const string Requests = "endpoints_requests_total";

    /// <summary>The counts on a page; null when they are not on it.</summary>
    public static ServerCounts? From(MetricsText metrics, string endpoint)
    {
        (string, string) of = ("endpoint", endpoint);
        return metrics.Sum(Requests, of) is not { } all
            ? null
            : new ServerCounts(
                Outcome("ok"), Outcome("throttled"), (long)all - Outcome("ok") - Outcome("throttled"), metrics.Sum("process_cpu_seconds_total"));

        long Outcome(string name) => (long)(metrics.Sum(Requests, of, ("outcome", name)) ?? 0);
    }

    public static ServerCounts operator -(ServerCounts later, ServerCounts earlier) => new(
        later.Ok - earlier.Ok, later.Throttled - earlier.Throttled, later.Others - earlier.Others, later.CpuSeconds - earlier.CpuSeconds);
}
