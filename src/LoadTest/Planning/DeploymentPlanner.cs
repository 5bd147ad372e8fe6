using Endpoints.LoadTest.Goals;
using Endpoints.LoadTest.Results;

namespace Endpoints.LoadTest.Planning;

/// <summary>Works out from a load test how many machines of which endpoint answer a rate of requests with a promise kept, for the least money.</summary>
public static class DeploymentPlanner
{
    /// <summary>The cheapest plan of one endpoint, or of two between which requests are split so that they reach the accuracy on average.</summary>
    /// <param name="result">The load test; one machine served each of its targets.</param>
    /// <param name="goal">What is to be met.</param>
    /// <exception cref="LoadTestException">No endpoint meets it; the message says what they reached.</exception>
    public static DeploymentPlan Plan(LoadTestResult result, PlanGoal goal)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(goal);
        goal.Validate();
        Candidate[] able = [.. result.Targets.Select(target => Candidate.Of(target, goal)).OfType<Candidate>()];
        if (able.Length == 0)
        {
            throw new LoadTestException(
                $"No endpoint of this load test kept {(goal.Promise.Count == 0 ? "below throttling" : string.Join(" and ", goal.Promise))} at any load that was tested: test smaller loads, or promise less.");
        }

        var plans = from first in able
                    from second in able
                    where first != second || able.Length == 1
                    from plan in Mixes(first, second, goal)
                    select plan;
        return plans.OrderBy(plan => plan.Machines).ThenByDescending(plan => plan.Accuracy ?? 0).ThenBy(plan => plan.Parts.Count).FirstOrDefault()
            ?? throw new LoadTestException(
                $"No endpoint reaches an accuracy of {Figures.Accuracy(goal.MinAccuracy)}: the best reached {Figures.Accuracy(able.Max(each => each.Accuracy))}. Ask for less, or test a more accurate one.");
    }

    /// <summary>All ways to split the rate between two endpoints with a whole number of machines for the first.</summary>
    private static IEnumerable<DeploymentPlan> Mixes(Candidate first, Candidate second, PlanGoal goal)
    {
        int all = (int)Math.Ceiling(Math.Round(goal.Rate / first.Usable, 9));
        for (int machines = 0; machines <= all; machines++)
        {
            double share = Math.Min(1, machines * first.Usable / goal.Rate);
            if (goal.MinAccuracy is { } least && !((share * (first.Accuracy ?? 0)) + ((1 - share) * (second.Accuracy ?? 0)) >= least))
            {
                continue;
            }

            int others = (int)Math.Ceiling(Math.Round((1 - share) * goal.Rate / second.Usable, 9));
            if (first != second || others == 0)
            {
                yield return PlanOf(goal, [(first, machines, share), (second, others, 1 - share)]);
            }
        }
    }

    private static DeploymentPlan PlanOf(PlanGoal goal, (Candidate Endpoint, int Machines, double Share)[] mix)
    {
        (Candidate Endpoint, int Machines, double Share)[] used = [.. mix.Where(part => part.Machines > 0)];
        int machines = used.Sum(part => part.Machines);
        return new DeploymentPlan(
            goal.Rate, [.. goal.Promise.Select(condition => condition.ToString())], goal.MinAccuracy, goal.Headroom,
            [.. used.Select(part => new PlannedEndpoint(
                part.Endpoint.Name, part.Machines, Math.Round(part.Share, 4), Math.Round(part.Share * goal.Rate / part.Machines, 1), Math.Round(part.Endpoint.Capacity, 1), part.Endpoint.Concurrency))],
            machines, machines * goal.PricePerHour, machines * goal.PricePerHour / 3600 / goal.Rate * 1e6,
            used.Any(part => part.Endpoint.Accuracy is null) ? null : used.Sum(part => part.Share * part.Endpoint.Accuracy));
    }

    /// <summary>What one machine of an endpoint does.</summary>
    private sealed record Candidate(string Name, double Capacity, double Usable, int Concurrency, double? Accuracy)
    {
        /// <summary>What it does with the promise kept; null when it keeps it at no load. Stages in which the tester was the bottleneck tell nothing.</summary>
        public static Candidate? Of(TargetResult target, PlanGoal goal)
        {
            StageResult[] stages = [.. target.Stages.Where(stage => stage.Invalid is null)];
            Func<StageResult, bool> breaks = goal.Promise.Count > 0
                ? stage => Promise.Breaks(goal.Promise, target.Name, stage)
                : ThrottlingOnset.Throttles;
            var kept = Promise.In(stages, breaks);
            return kept.Holds is not { } level || kept.OkPerSecond <= 0 ? null : new Candidate(
                target.Name, kept.OkPerSecond, kept.OkPerSecond * (1 - goal.Headroom), stages.Where(stage => stage.Level == level).Max(stage => stage.Users), target.Accuracy.Share);
        }
    }
}
