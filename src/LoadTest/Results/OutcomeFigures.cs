using Endpoints.LoadTest.Measuring;

namespace Endpoints.LoadTest.Results;

/// <summary>Requests with one outcome.</summary>
/// <param name="Count">How many.</param>
/// <param name="LatencyMs">Their latencies in ms; null when there are none.</param>
public sealed record OutcomeFigure(long Count, LatencySummary? LatencyMs)
{
    /// <summary>The same latencies in full, in µs; null when there are none.</summary>
    public LatencyHistogram? Histogram { get; init; }

    /// <summary>A percentile in ms; null when there are no latencies.</summary>
    internal double? PercentileMs(double share) => Histogram is { } histogram ? histogram.Percentile(share) / 1000.0 : share switch
    {
        0.5 => LatencyMs?.P50,
        0.9 => LatencyMs?.P90,
        0.95 => LatencyMs?.P95,
        0.99 => LatencyMs?.P99,
        _ => null,
    };

    internal static OutcomeFigure From(LatencyHistogram histogram) =>
        new(histogram.Count, LatencySummary.From(histogram)) { Histogram = histogram.Count > 0 ? histogram : null };
}

/// <summary>Counts and latencies, apart by outcome.</summary>
/// <param name="Ok">Answered.</param>
/// <param name="Throttled">Turned away with 429.</param>
/// <param name="TimedOut">Not answered in time.</param>
/// <param name="Refused">Not answered: no connection, or it broke.</param>
/// <param name="Wrong">Answered with another status, or without a label.</param>
public sealed record OutcomeFigures(OutcomeFigure Ok, OutcomeFigure Throttled, OutcomeFigure TimedOut, OutcomeFigure Refused, OutcomeFigure Wrong)
{
    /// <summary>The figures of one outcome.</summary>
    public OutcomeFigure this[Outcome outcome] => outcome switch
    {
        Outcome.Ok => Ok,
        Outcome.Throttled => Throttled,
        Outcome.TimedOut => TimedOut,
        Outcome.Refused => Refused,
        Outcome.Wrong => Wrong,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "Not an outcome."),
    };

    /// <summary>Requests of all outcomes.</summary>
    public long Requests => Ok.Count + Throttled.Count + TimedOut.Count + Refused.Count + Wrong.Count;

    /// <summary>Requests that were neither answered nor throttled: timed out, refused or wrong.</summary>
    public long Failed => TimedOut.Count + Refused.Count + Wrong.Count;

    /// <summary>The share of all requests with an outcome, 0 to 1; 0 when there are no requests.</summary>
    public double Share(Outcome outcome) => Requests == 0 ? 0 : (double)this[outcome].Count / Requests;

    internal static OutcomeFigures From(Recorder recorder)
    {
        return new OutcomeFigures(Of(Outcome.Ok), Of(Outcome.Throttled), Of(Outcome.TimedOut), Of(Outcome.Refused), Of(Outcome.Wrong));

        OutcomeFigure Of(Outcome outcome) => OutcomeFigure.From(recorder[outcome]);
    }
}
