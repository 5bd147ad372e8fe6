using Endpoints.LoadTest.Measuring;
using Endpoints.LoadTest.Users;

namespace Endpoints.LoadTest.Results;

/// <summary>How sure the figures of a stage are: 95 % confidence intervals from the spread between slices of it; null where there were too few.</summary>
/// <param name="OkPerSecond">Of the answered requests a second.</param>
/// <param name="P50Ms">Of the median latency of answered requests, in ms.</param>
/// <param name="P95Ms">Of its 95th percentile, in ms.</param>
public sealed record StageIntervals(Interval? OkPerSecond, Interval? P50Ms, Interval? P95Ms)
{
    internal static StageIntervals From(StageSlices slices, Recorder measured)
    {
        LatencyHistogram ok = measured[Outcome.Ok];
        return new StageIntervals(
            Interval.Around(
                slices.Time > TimeSpan.Zero ? ok.Count / slices.Time.TotalSeconds : 0,
                slices.Each((counts, time) => time > TimeSpan.Zero ? counts[Outcome.Ok].Count / time.TotalSeconds : null)),
            OfPercentile(0.5),
            OfPercentile(0.95));

        Interval? OfPercentile(double share) => Interval.Around(
            ok.Percentile(share) / 1000.0,
            slices.Each((counts, _) => counts[Outcome.Ok] is { Count: > 0 } latencies ? latencies.Percentile(share) / 1000.0 : null));
    }
}
