namespace Endpoints.LoadTest.Results;

/// <summary>How many users a target holds, and from how many on it throttles: the fewest users at which more than 1 % of requests were answered 429.</summary>
/// <param name="Holds">The most users tested below the onset; null when even the fewest were throttled, or nothing was measured.</param>
/// <param name="StartsAt">Users at the onset; null when there was none.</param>
public sealed record ThrottlingOnset(int? Holds, int? StartsAt)
{
    /// <summary>Throttling counts as started above this share of 429 answers.</summary>
    public const double Share = 0.01;

    /// <summary>The onset within stages of any order.</summary>
    public static ThrottlingOnset In(IReadOnlyList<StageResult> stages)
    {
        ArgumentNullException.ThrowIfNull(stages);
        StageResult[] measured = [.. stages.Where(stage => stage.Outcomes.Requests > 0)];
        int? startsAt = measured.Where(stage => stage.ThrottledShare > Share).Min(stage => (int?)stage.Users);
        int? holds = measured.Where(stage => startsAt is null || stage.Users < startsAt).Max(stage => (int?)stage.Users);
        return new ThrottlingOnset(holds, startsAt);
    }
}
