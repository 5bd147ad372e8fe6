using Endpoints.LoadTest.Measuring;

namespace Endpoints.LoadTest.Results;

/// <summary>
/// How much load a target holds, and from which on it throttles: the least at which it is sure (Wilson, 95 %) that more than 1 % of requests are
/// answered 429. Load is virtual users or, in an open loop, requests a second.
/// </summary>
/// <param name="Holds">The most load tested below the onset; null when even the least was throttled, or nothing was measured.</param>
/// <param name="StartsAt">Load at the onset; null when there was none.</param>
public sealed record ThrottlingOnset(double? Holds, double? StartsAt)
{
    /// <summary>Throttling counts as started above this share of 429 answers.</summary>
    public const double Share = 0.01;

    /// <summary>The onset within stages of any order.</summary>
    public static ThrottlingOnset In(IReadOnlyList<StageResult> stages)
    {
        ArgumentNullException.ThrowIfNull(stages);
        StageResult[] measured = [.. stages.Where(stage => stage.Outcomes.Requests > 0)];
        double? startsAt = measured.Where(Throttles).Min(stage => (double?)stage.Level);
        double? holds = measured.Where(stage => startsAt is null || stage.Level < startsAt).Max(stage => (double?)stage.Level);
        return new ThrottlingOnset(holds, startsAt);
    }

    /// <summary>Is it sure that more than the limit of a stage's requests was throttled?</summary>
    public static bool Throttles(StageResult stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        return Interval.Wilson(stage.Outcomes.Throttled.Count, stage.Outcomes.Requests).Low > Share;
    }
}
