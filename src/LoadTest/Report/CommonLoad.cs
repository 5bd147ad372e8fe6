using Endpoints.LoadTest.Results;

namespace Endpoints.LoadTest.Report;

/// <summary>The load at which targets are compared: the most that every one of them held.</summary>
internal static class CommonLoad
{
    /// <summary>The largest load at which every target answered and none throttled or failed; without one, the smallest at which all answered. Null when there is neither.</summary>
    public static double? Of(LoadTestResult result)
    {
        double[] answered = [.. Levels(result, stage => stage.Outcomes.Ok.Count > 0)];
        double[] held = [.. Levels(result, stage => stage.Outcomes.Ok.Count > 0 && ThrottlingOnset.Held(stage))];
        return held.Length > 0 ? held.Max() : answered.Length > 0 ? answered.Min() : null;
    }

    /// <summary>The stage of a target at a load; null when it was not run.</summary>
    public static StageResult? At(TargetResult target, double? level) =>
        target.Stages.FirstOrDefault(stage => stage.Level == level && stage.Outcomes.Ok.Count > 0);

    private static IEnumerable<double> Levels(LoadTestResult result, Func<StageResult, bool> counts) =>
        result.Targets.Select(target => target.Stages.Where(counts).Select(stage => stage.Level))
            .DefaultIfEmpty([])
            .Aggregate((common, levels) => common.Intersect(levels));
}
