using Endpoints.Pruning.Fronts;

namespace Endpoints.Pruning.Tests.Fronts;

public sealed class EvaluationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void ExpectedImprovement_AnyObjectives_IsWhatMonteCarloFinds(int objectives)
    {
        const int Samples = 8_000;
        var random = new Random(7 * objectives);
        for (int round = 0; round < 6; round++)
        {
            double[] reference = [.. Enumerable.Repeat(1.1, objectives)];
            double[][] front = [.. Enumerable.Range(0, round * 2).Select(_ => reference.Select(_ => random.NextDouble() * 1.2).ToArray())];
            double[] mean = [.. reference.Select(_ => random.NextDouble())];
            double[] deviation = [.. reference.Select((_, k) => k == 1 && round % 2 == 0 ? 0 : 0.05 + (0.3 * random.NextDouble()))];
            double before = Hypervolume.Of(front, reference);
            double sum = 0;
            double squares = 0;
            for (int i = 0; i < Samples; i++)
            {
                double gain = Hypervolume.Of([.. front, [.. mean.Select((m, k) => m + (deviation[k] * Normal(random)))]], reference) - before;
                sum += gain;
                squares += gain * gain;
            }

            double estimate = sum / Samples;
            double error = Math.Sqrt(Math.Max(0, (squares / Samples) - (estimate * estimate)) / Samples);
            double exact = new ExpectedHypervolumeImprovement(front, reference).Of(mean, deviation);
            Assert.True(Math.Abs(exact - estimate) <= (4.5 * error) + 1e-9, $"{objectives} objectives, round {round}: exact {exact}, estimated {estimate} ± {error}");
        }
    }

    [Fact]
    public void ExpectedImprovement_KnownPoint_IsTheHypervolumeThatItAdds()
    {
        double[][] front = [[0.2, 0.8, 0.5], [0.5, 0.5, 0.5], [0.8, 0.2, 0.9], [0.4, 0.9, 0.1], [0.2, 0.8, 0.5]];
        double[] reference = [1, 1, 1];
        double[] point = [0.3, 0.4, 0.6];
        double added = Hypervolume.Of([.. front, point], reference) - Hypervolume.Of(front, reference);
        Assert.Equal(added, new ExpectedHypervolumeImprovement(front, reference).Of(point, [0, 0, 0]), 12);
        Assert.True(added > 0.04, $"{added}");
        Assert.Equal(0, new ExpectedHypervolumeImprovement(front, reference).Of([0.5, 0.5, 0.5], [0, 0, 0]), 12);
    }

    [Fact]
    public void Positions_ThreePointsInLine_AreTheirOwnRanks() => Assert.Equal([2, 0, 1], NonDominatedOrder.Positions([[3, 3], [1, 1], [2, 2]]));

    [Fact]
    public void Positions_OneFront_StartsWithTheBestInTheFirstObjectiveAndGoesFarthest() =>
        Assert.Equal([0, 3, 2, 1], NonDominatedOrder.Positions([[0, 1000], [1, 800], [5, 500], [10, 0]]));

    [Fact]
    public void Distances_OnePoint_IsInfinite()
    {
        Assert.Equal([double.PositiveInfinity], Crowding.Distances([[1, 2]]));
        Assert.Empty(Crowding.Distances([]));
    }

    [Fact]
    public void OverTime_TwoRuns_FallsAsEachRunFinishesItsTrials()
    {
        // Quantiles among all: the first run's are (0, 1) and (1, 0), the second's the middle.
        Observation[] first = [new(10, [1, 30]), new(20, [3, 10])];
        Observation[] second = [new(15, [2, 20])];
        double[][] regrets = Regret.OverTime([first, second], [5, 10, 15, 20]);
        Assert.Equal([4, 2, 2, 1], regrets[0]);
        Assert.Equal([4, 4, 1.75, 1.75], regrets[1]);
    }

    [Fact]
    public void Best_Limits_PicksTheLeastErrorBelowEach()
    {
        Assert.Equal(21, ErrorAgainstSize.Limits.Count);
        Assert.Equal(0.2, ErrorAgainstSize.Limits[0], 12);
        Assert.Equal(0.99, ErrorAgainstSize.Limits[^1], 12);
        Assert.Equal([null, 0, 2, 2, 3], ErrorAgainstSize.Best([0.25, 0.3, 0.3, 0.9], [0.5, 0.4, 0.2, 0.1], [0.25, 0.3, 0.31, 0.9, 0.99]));
        Assert.Equal([0], ErrorAgainstSize.Best([0.1, 0.1], [0.5, 0.5], [0.2]));
    }

    [Fact]
    public void AverageRanks_TasksOfDifferentMethods_SaysWhatIsNeeded() =>
        Assert.Throws<ArgumentException>(() => AverageRanks.Exact([[[[1.0]], [[2.0]]], [[[1.0]]]]));

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
