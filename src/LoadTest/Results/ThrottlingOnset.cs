using Endpoints.LoadTest.Measuring;

namespace Endpoints.LoadTest.Results;

/// <summary>
/// How much load a target holds, and from which on it throttles: the least at which it is sure (Wilson, 95 %) that more than 1 % of requests are
/// answered 429. Load is virtual users or, in an open loop, requests a second.
/// </summary>
/// <param name="Holds">The most load tested below the first at which requests were throttled or failed; null when even the least was not held, or nothing was measured.</param>
/// <param name="StartsAt">Load at the onset of throttling; null when there was none.</param>
/// <param name="FailsAt">The least load at which it is as sure that more than 1 % of requests failed in other ways; null when there was none.</param>
public sealed record ThrottlingOnset(double? Holds, double? StartsAt, double? FailsAt = null)
{
    /// <summary>Throttling counts as started above this share of 429 answers, and a load as not held above this share of failures.</summary>
    public const double Share = 0.01;

    /// <summary>Did requests fail before any was throttled?</summary>
    internal bool FailsFirst => FailsAt is { } fails && !(StartsAt < fails);

    /// <summary>The onset within stages of any order.</summary>
    public static ThrottlingOnset In(IReadOnlyList<StageResult> stages)
    {
        ArgumentNullException.ThrowIfNull(stages);
        StageResult[] measured = [.. stages.Where(stage => stage.Outcomes.Requests > 0)];
        double? startsAt = measured.Where(Throttles).Min(stage => (double?)stage.Level);
        double? failsAt = measured.Where(Fails).Min(stage => (double?)stage.Level);
        double end = Math.Min(startsAt ?? double.PositiveInfinity, failsAt ?? double.PositiveInfinity);
        return new ThrottlingOnset(measured.Where(stage => stage.Level < end).Max(stage => (double?)stage.Level), startsAt, failsAt);
    }

    /// <summary>Is it sure that more than the limit of a stage's requests was throttled?</summary>
    public static bool Throttles(StageResult stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        return IsSure(stage.Outcomes.Throttled.Count, stage);
    }

    /// <summary>Did a target hold a stage's load: neither throttled nor failed more than the limit?</summary>
    internal static bool Held(StageResult stage) => !Throttles(stage) && !Fails(stage);

    private static bool Fails(StageResult stage) => IsSure(stage.Outcomes.Failed, stage);

    private static bool IsSure(long count, StageResult stage) => Interval.Wilson(count, stage.Outcomes.Requests).Low > Share;
}
