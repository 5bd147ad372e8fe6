using System.Text.Json;
using Endpoints.LoadTest.Goals;
using Endpoints.LoadTest.Planning;
using Endpoints.LoadTest.Results;
using Endpoints.LoadTest.Tests.Support;

namespace Endpoints.LoadTest.Tests.Planning;

public sealed class DeploymentPlannerTests
{
    private static readonly Condition[] Promise = [Condition.Parse("p95<50ms")];

    // base: p95 31 ms at 5 users (125/s), 55 ms at 10; 94.3 % right. pruned: p95 41 ms at 20 users (375/s); 93.0 % right.
    private static readonly LoadTestResult Result = Sample.BaseAndPruned();

    [Fact]
    public void Plan_RateAndPromise_TakesTheFewestMachines()
    {
        DeploymentPlan plan = DeploymentPlanner.Plan(Result, new PlanGoal(1_000, Promise, 2) { Headroom = 0 });

        // 3 machines of pruned: 1,125/s; 8 of base. One of the three may be base only if the other two carry 875/s: no.
        PlannedEndpoint part = Assert.Single(plan.Parts);
        Assert.Equal(("pruned", 3, 1.0, 375.0, 20), (part.Endpoint, part.Replicas, part.Share, part.MaxRatePerReplica, part.MaxConcurrency));
        Assert.Equal((3, 6.0), (plan.Machines, plan.PricePerHour));
        Assert.Equal(6 / 3.6, plan.PricePerMillion, 0.001);
        Assert.Equal(333.3, part.RatePerReplica, 0.05);
    }

    [Fact]
    public void Plan_Headroom_IsKeptFree() =>
        Assert.Equal(4, DeploymentPlanner.Plan(Result, new PlanGoal(1_000, Promise, 2) { Headroom = 0.3 }).Machines);

    [Theory]
    [InlineData(0.94)]
    [InlineData(0.935)]
    [InlineData(0.9425)]
    public void Plan_Accuracy_MixesTwoEndpointsToReachIt(double least)
    {
        DeploymentPlan plan = DeploymentPlanner.Plan(Result, new PlanGoal(2_000, Promise, 1) { MinAccuracy = least, Headroom = 0 });

        Assert.True(plan.Accuracy >= least);
        Assert.Equal(1, plan.Parts.Sum(part => part.Share), 0.001);
        Assert.All(plan.Parts, part => Assert.True(part.RatePerReplica <= part.MaxRatePerReplica + 0.1));
        Assert.Equal(CheapestByHand(least), plan.Machines);
    }

    [Fact]
    public void Plan_NotReachable_SaysWhatIs()
    {
        Assert.Contains("the best reached 94.3 %", Error(new PlanGoal(10, Promise, 1) { MinAccuracy = 0.99 }), StringComparison.Ordinal);
        Assert.Contains("base kept p95<1ms at no load that was tested; pruned kept p95<1ms at no load", Error(new PlanGoal(10, [Condition.Parse("p95<1ms")], 1)), StringComparison.Ordinal);
        Assert.Contains("'none:p95<1s' is about none, which is no target here: the targets are base, pruned.", Error(new PlanGoal(10, [Condition.Parse("none:p95<1s")], 1)), StringComparison.Ordinal);
        Assert.Contains("The rate is 1E+18 requests a second: give more than 0, at most 10000000", Error(new PlanGoal(1e18, Promise, 1)), StringComparison.Ordinal);
        Assert.Contains("The rate is 0", Error(new PlanGoal(0, Promise, 1)), StringComparison.Ordinal);
        Assert.Contains("The price is NaN", Error(new PlanGoal(10, Promise, double.NaN)), StringComparison.Ordinal);
        Assert.Contains("The headroom is 1", Error(new PlanGoal(10, Promise, 1) { Headroom = 1 }), StringComparison.Ordinal);

        static string Error(PlanGoal goal) => Assert.Throws<LoadTestException>(() => DeploymentPlanner.Plan(Result, goal)).Message;
    }

    [Fact]
    public void Plan_EachEndpointAlone_IsBesideIt()
    {
        DeploymentPlan plan = DeploymentPlanner.Plan(Result, new PlanGoal(1_000, [Condition.Parse("p95<30ms")], 2) { Headroom = 0, MinAccuracy = 0.9 });

        // base breaks 30 ms with the least load; pruned keeps it up to 10 users, 325/s.
        Assert.Equal("base kept p95<30ms at no load that was tested", $"{plan.Alone[0].Endpoint} {plan.Alone[0].Problem}");
        Assert.Equal(("pruned", (int?)4, (double?)8.0, null), (plan.Alone[1].Endpoint, plan.Alone[1].Machines, plan.Alone[1].PricePerHour, plan.Alone[1].Problem));
        Assert.Equal((10.0, 22.0), (plan.Parts[0].TestedAt, plan.Parts[0].P95Ms));

        DeploymentPlan right = DeploymentPlanner.Plan(Result, new PlanGoal(1_000, Promise, 2) { Headroom = 0, MinAccuracy = 0.94 });
        Assert.Equal(("pruned", (int?)3, "is not accurate enough"), (right.Alone[1].Endpoint, right.Alone[1].Machines, right.Alone[1].Problem));
    }

    [Fact]
    public void Plan_PromiseKeptByTurningAway_DoesNotCount()
    {
        // At 15 and 20 users base throttles: its answers are quick enough, but too few get one.
        PlannedEndpoint part = Assert.Single(DeploymentPlanner.Plan(Result with { Targets = [Result.Targets[0]] }, new PlanGoal(100, [Condition.Parse("p95<1s")], 2)).Parts);

        Assert.Equal((150.0, 10), (part.MaxRatePerReplica, part.MaxConcurrency));
    }

    [Fact]
    public void Plan_AnswersFallWithLoad_TakesTheMostThatWereAnswered()
    {
        TargetResult falling = Sample.Target("base", Sample.Stage(5, 1000), Sample.Stage(10, 1600), Sample.Stage(20, 1200));

        PlannedEndpoint part = Assert.Single(DeploymentPlanner.Plan(Result with { Targets = [falling] }, new PlanGoal(100, Promise, 2)).Parts);

        Assert.Equal((200.0, 10.0, 10), (part.MaxRatePerReplica, part.TestedAt, part.MaxConcurrency));
    }

    [Fact]
    public void Plan_UsersWhoThink_AreNotAllUnderWay()
    {
        LoadTestResult thinking = Result with { Settings = Result.Settings with { ThinkTimeSeconds = 1 }, Targets = [Sample.Target("base", Sample.Stage(200, 1600, p95: 40))] };

        // 200/s for 40 ms each.
        Assert.Equal(8, Assert.Single(DeploymentPlanner.Plan(thinking, new PlanGoal(100, Promise, 2)).Parts).MaxConcurrency);
    }

    [Fact]
    public void Plan_OnlyInvalidStages_SaysWhy()
    {
        TargetResult invalid = Sample.Target("base", Sample.Stage(5, 1000) with { Invalid = "late" });

        Assert.Contains(
            "base has INVALID stages only (the tester was the bottleneck); pruned was not measured",
            Assert.Throws<LoadTestException>(() => DeploymentPlanner.Plan(Result with { Targets = [invalid, Sample.Target("pruned")] }, new PlanGoal(10, [], 1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_InvalidStages_TellNothing()
    {
        TargetResult pruned = Result.Targets[1] with { Stages = [.. Result.Targets[1].Stages.Select(stage => stage.Users > 5 ? stage with { Invalid = "late" } : stage)] };

        DeploymentPlan plan = DeploymentPlanner.Plan(Result with { Targets = [pruned] }, new PlanGoal(1_000, Promise, 2) { Headroom = 0 });

        Assert.Equal(262.5, Assert.Single(plan.Parts).MaxRatePerReplica);
        using var json = JsonDocument.Parse(plan.ToJson());
        Assert.Equal("pruned", json.RootElement.GetProperty("parts")[0].GetProperty("endpoint").GetString());
    }

    /// <summary>Tries every number of machines of both, with the best split of requests for each.</summary>
    private static int CheapestByHand(double least)
    {
        double right = 4337 / 4600.0, less = Result.Targets[1].Accuracy.Share!.Value;
        for (int machines = 1; ; machines++)
        {
            for (int ofBase = 0; ofBase <= machines; ofBase++)
            {
                // Fine enough to hold the shares at which machines are just full.
                for (int part = 0; part <= 8_000; part++)
                {
                    double share = part / 8_000.0;
                    if (share * 2_000 <= ofBase * 125 && (1 - share) * 2_000 <= (machines - ofBase) * 375 && (share * right) + ((1 - share) * less) >= least)
                    {
                        return machines;
                    }
                }
            }
        }
    }
}
