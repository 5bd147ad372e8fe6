using Endpoints.LoadTest.Results;

namespace Endpoints.LoadTest.Goals;

/// <summary>A condition under which a run fails, looked at for one stage.</summary>
/// <param name="Condition">The condition, as it was typed.</param>
/// <param name="Target">Name of the target.</param>
/// <param name="Level">Load of the stage.</param>
/// <param name="Failed">Does the condition hold, so that the run fails? A figure that there is none of fails nothing.</param>
/// <param name="Found">The figure that was found.</param>
public sealed record Check(string Condition, string Target, double Level, bool Failed, string Found)
{
    /// <summary>All checks of a target's stages.</summary>
    internal static IEnumerable<Check> All(IReadOnlyList<Condition> failOn, TargetResult target) =>
        from stage in target.StagesByLoad
        where stage.Outcomes.Requests > 0
        from condition in failOn
        where condition.Concerns(target.Name, stage)
        select new Check(condition.ToString(), target.Name, stage.Level, condition.Holds(stage) == true, condition.Found(stage));
}
