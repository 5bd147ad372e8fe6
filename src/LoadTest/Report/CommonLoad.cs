using Endpoints.LoadTest.Results;

namespace Endpoints.LoadTest.Report;

/// <summary>The number of users at which targets are compared: the most that every one of them held.</summary>
internal static class CommonLoad
{
    /// <summary>The largest number of users at which every target answered and none throttled; without one, the smallest at which all answered. Null when there is neither.</summary>
    public static int? Of(LoadTestResult result)
    {
        int[] answered = [.. Users(result, stage => stage.Outcomes.Ok.Count > 0)];
        int[] held = [.. Users(result, stage => stage.Outcomes.Ok.Count > 0 && stage.ThrottledShare <= ThrottlingOnset.Share)];
        return held.Length > 0 ? held.Max() : answered.Length > 0 ? answered.Min() : null;
    }

    /// <summary>The stage of a target at a number of users; null when it was not run.</summary>
    public static StageResult? At(TargetResult target, int? users) =>
        target.Stages.FirstOrDefault(stage => stage.Users == users && stage.Outcomes.Ok.Count > 0);

    private static IEnumerable<int> Users(LoadTestResult result, Func<StageResult, bool> counts) =>
        result.Targets.Select(target => target.Stages.Where(counts).Select(stage => stage.Users))
            .DefaultIfEmpty([])
            .Aggregate((common, users) => common.Intersect(users));
}
