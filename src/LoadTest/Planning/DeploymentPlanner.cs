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
        Condition.RequireTargets(goal.Promise, [.. result.Targets.Select(target => target.Name)]);
        Candidate[] all = [.. result.Targets.Select(target => Candidate.Of(target, result.Settings, goal))];
        Candidate[] able = [.. all.Where(candidate => candidate.Problem is null)];
        if (able.Length == 0)
        {
            throw new LoadTestException(
                $"No endpoint of this load test can be planned with: {string.Join("; ", all.Select(candidate => $"{candidate.Name} {candidate.Problem}"))}. Test smaller loads, or promise less.");
        }

        var plans = from first in able
                    from second in able
                    where first != second || able.Length == 1
                    from plan in Mixes(first, second, goal)
                    select plan;
        DeploymentPlan best = plans.MinBy(plan => (plan.Machines, -(plan.Accuracy ?? 0), plan.Parts.Count))
            ?? throw new LoadTestException(
                $"No endpoint reaches an accuracy of {Figures.Accuracy(goal.MinAccuracy)}: the best reached {Figures.Accuracy(able.Max(each => each.Accuracy))}. Ask for less, or test a more accurate one.");
        return best with { Alone = [.. all.Select(candidate => candidate.Alone(goal))] };
    }

    /// <summary>All ways to split the rate between two endpoints with a whole number of machines for the first.</summary>
    private static IEnumerable<DeploymentPlan> Mixes(Candidate first, Candidate second, PlanGoal goal)
    {
        int all = first.MachinesFor(goal.Rate);
        for (int machines = 0; machines <= all; machines++)
        {
            double share = Math.Min(1, machines * first.Usable / goal.Rate);
            if (goal.MinAccuracy is { } least && !((share * (first.Accuracy ?? 0)) + ((1 - share) * (second.Accuracy ?? 0)) >= least))
            {
                continue;
            }

            int others = second.MachinesFor((1 - share) * goal.Rate);
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
            [.. used.Select(part => part.Endpoint.Planned(part.Machines, part.Share, goal.Rate))],
            machines, machines * goal.PricePerHour, machines * goal.PricePerHour / 3600 / goal.Rate * 1e6,
            used.Any(part => part.Endpoint.Accuracy is null) ? null : used.Sum(part => part.Share * part.Endpoint.Accuracy), []);
    }
}
