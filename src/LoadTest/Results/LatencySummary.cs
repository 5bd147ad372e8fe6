using Endpoints.LoadTest.Measuring;

namespace Endpoints.LoadTest.Results;

/// <summary>Latencies of requests with one outcome, in milliseconds.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="P50">Half of them took no longer.</param>
/// <param name="P90">90 % took no longer.</param>
/// <param name="P95">95 % took no longer.</param>
/// <param name="P99">99 % took no longer.</param>
/// <param name="Max">The longest.</param>
public sealed record LatencySummary(double Mean, double P50, double P90, double P95, double P99, double Max)
{
    /// <summary>The summary of a histogram; null when it is empty.</summary>
    internal static LatencySummary? From(LatencyHistogram histogram) => histogram.Count == 0 ? null : new LatencySummary(
        Math.Round(histogram.Mean) / 1000, Milliseconds(histogram, 0.5), Milliseconds(histogram, 0.9), Milliseconds(histogram, 0.95),
        Milliseconds(histogram, 0.99), histogram.Max / 1000.0);

    private static double Milliseconds(LatencyHistogram histogram, double share) => histogram.Percentile(share) / 1000.0;
}
