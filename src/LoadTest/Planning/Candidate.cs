using Endpoints.LoadTest.Goals;
using Endpoints.LoadTest.Results;

namespace Endpoints.LoadTest.Planning;

/// <summary>What one machine of an endpoint does.</summary>
/// <param name="Name">The endpoint's name.</param>
/// <param name="Stage">The stage in which it answered the most with the promise kept; null when it kept it in none.</param>
/// <param name="Usable">Requests a second that it may be sent, with the headroom free.</param>
/// <param name="Concurrency">Requests under way at once in that stage.</param>
/// <param name="Accuracy">Its share of right answers; null when that was not measured.</param>
/// <param name="Problem">Why it cannot be planned with; null when it can.</param>
internal sealed record Candidate(string Name, StageResult? Stage, double Usable, int Concurrency, double? Accuracy, string? Problem)
{
    /// <summary>Stages in which the tester was the bottleneck tell nothing; nor do those from the first on in which requests were throttled or failed, or the promise broke.</summary>
    public static Candidate Of(TargetResult target, LoadTestSettings settings, PlanGoal goal)
    {
        StageResult[] measured = [.. target.Stages.Where(stage => stage.Outcomes.Requests > 0)];
        StageResult[] valid = [.. measured.Where(stage => stage.Invalid is null)];
        double? end = valid.Where(stage => !ThrottlingOnset.Held(stage) || Promise.Breaks(goal.Promise, target.Name, stage)).Min(stage => (double?)stage.Level);
        StageResult? most = valid.Where(stage => stage.OkPerSecond > 0 && !(stage.Level >= end)).MaxBy(stage => stage.OkPerSecond);
        string? problem = most is not null ? null
            : measured.Length == 0 ? "was not measured"
            : valid.Length == 0 ? "has INVALID stages only (the tester was the bottleneck)"
            : goal.Promise.Count == 0 ? "held no load that was tested"
            : $"kept {string.Join(" and ", goal.Promise)} at no load that was tested";
        return new Candidate(target.Name, most, (most?.OkPerSecond ?? 0) * (1 - goal.Headroom), most is null ? 0 : UnderWay(most, settings), target.Accuracy.Share, problem);
    }

    /// <summary>Machines that answer a rate.</summary>
    public int MachinesFor(double rate) => (int)Math.Ceiling(Math.Round(rate / Usable, 9));

    public PlannedEndpoint Planned(int machines, double share, double rate) => new(
        Name, machines, Math.Round(share, 4), Math.Round(share * rate / machines, 1), Math.Round(Stage!.OkPerSecond, 1), Stage.Level, Stage.Outcomes.Ok.LatencyMs?.P95, Concurrency);

    public EndpointAlone Alone(PlanGoal goal)
    {
        string? problem = Problem ?? (goal.MinAccuracy is { } least && !(Accuracy >= least) ? "is not accurate enough" : null);
        int? machines = Problem is null ? MachinesFor(goal.Rate) : null;
        return new EndpointAlone(Name, machines, machines * goal.PricePerHour, Accuracy, problem);
    }

    /// <summary>Users who think between requests have fewer under way than there are users: by Little's law, with the 95th percentile as room for bursts.</summary>
    private static int UnderWay(StageResult stage, LoadTestSettings settings) => settings.ThinkTimeSeconds > 0 || settings.PacingSeconds > 0
        ? Math.Clamp((int)Math.Ceiling(stage.RequestsPerSecond * (stage.Outcomes.Ok.LatencyMs?.P95 ?? 0) / 1000), 1, stage.Users)
        : stage.Users;
}
