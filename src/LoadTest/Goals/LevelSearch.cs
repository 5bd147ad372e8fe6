using Endpoints.LoadTest.Results;

namespace Endpoints.LoadTest.Goals;

/// <summary>What a run looks for beyond its stages, by trying loads between them.</summary>
public enum Find
{
    /// <summary>Nothing: the stages are all.</summary>
    None,

    /// <summary>The least load at which a target throttles.</summary>
    Onset,

    /// <summary>The least load at which a target breaks the promise (<see cref="LoadTestOptions.Slo"/>).</summary>
    Slo,
}

/// <summary>Finds the load from which on something fails, to one user or to 1 % of the rate, by halving the distance between the most that holds and the least that fails.</summary>
internal static class LevelSearch
{
    /// <summary>The load to try next; null when the end is found, or nothing failed.</summary>
    public static double? Next(IReadOnlyList<StageResult> stages, Func<StageResult, bool> fails)
    {
        StageResult[] measured = [.. stages.Where(stage => stage.Outcomes.Requests > 0)];
        if (measured.Where(fails).MinBy(stage => stage.Level) is not { } failing)
        {
            return null;
        }

        double holds = measured.Where(stage => stage.Level < failing.Level).Select(stage => stage.Level).DefaultIfEmpty(0).Max();
        double unit = failing.Rate is null ? 1 : Math.Max(0.1, Math.Round(failing.Level / 100, 1));
        double middle = failing.Rate is null ? Math.Floor((holds + failing.Level) / 2) : Math.Round((holds + failing.Level) / 2, 1);
        return failing.Level - holds > unit && middle > holds && middle < failing.Level ? middle : null;
    }
}
