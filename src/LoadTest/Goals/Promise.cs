using Endpoints.LoadTest.Results;

namespace Endpoints.LoadTest.Goals;

/// <summary>How much load a target takes with a promise kept, such as p95&lt;200ms.</summary>
/// <param name="Holds">The most load tested below the first at which the promise broke; null when it broke at the least, or nothing was measured.</param>
/// <param name="BreaksAt">The least load at which it broke; null when it never did.</param>
/// <param name="OkPerSecond">Answered requests a second at <paramref name="Holds"/>; 0 without.</param>
public sealed record Promise(double? Holds, double? BreaksAt, double OkPerSecond)
{
    /// <summary>Where a promise breaks within stages of any order. A stage that lacks a promised figure (nothing answered) breaks it.</summary>
    internal static Promise In(IReadOnlyList<StageResult> stages, Func<StageResult, bool> breaks)
    {
        StageResult[] measured = [.. stages.Where(stage => stage.Outcomes.Requests > 0)];
        double? breaksAt = measured.Where(breaks).Min(stage => (double?)stage.Level);
        StageResult? holds = measured.Where(stage => breaksAt is null || stage.Level < breaksAt).MaxBy(stage => stage.Level);
        return new Promise(holds?.Level, breaksAt, holds?.OkPerSecond ?? 0);
    }

    /// <summary>Does a stage of a target break one of the conditions?</summary>
    internal static bool Breaks(IReadOnlyList<Condition> promise, string target, StageResult stage) =>
        promise.Any(condition => condition.Concerns(target, stage) && condition.Holds(stage) != true);
}
