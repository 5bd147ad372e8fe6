using Endpoints.LoadTest.Measuring;
using Endpoints.LoadTest.Results;
using Endpoints.LoadTest.Tests.Support;

namespace Endpoints.LoadTest.Tests.Results;

public sealed class TargetComparisonTests
{
    [Fact]
    public void Of_TwoTargets_TellsWhatSurelyDiffers()
    {
        TargetResult a = Sample.Target("a", Stage(5, 100, 10), Stage(10, 200, 20)) with { FirstAnswers = new string('1', 80) + new string('0', 20) };
        TargetResult b = Sample.Target("b", Stage(5, 100, 10), Stage(10, 400, 20.5), Stage(20, 400, 40)) with { FirstAnswers = new string('1', 70) + new string('0', 29) + "-" };

        TargetComparison found = Assert.Single(TargetComparison.Of([a, b]));

        // At 10 users, the most that both were measured with; of 99 pairs that both answered, 10 only by a.
        Assert.Equal(("b", "a", 10.0), (found.Target, found.Beside, found.Level));
        Assert.Equal(["answers/s", "p50 ms", "p95 ms", "accuracy"], found.Figures.Select(figure => figure.Name));
        Assert.Equal([true, false, false, true], found.Figures.Select(figure => figure.Differs));
        Assert.Equal((80 / 99.0, 70 / 99.0), (found.Figures[3].First, found.Figures[3].Second));
        Assert.Equal(2 * Math.Pow(0.5, 10) * 3, found.Figures[3].P, 1e-6);
    }

    [Fact]
    public void Of_OneTargetOrNoCommonLoad_IsNone()
    {
        Assert.Empty(TargetComparison.Of([Sample.Target("a", Stage(5, 100, 10))]));
        Assert.Empty(TargetComparison.Of([Sample.Target("a", Stage(5, 100, 10)), Sample.Target("b", Stage(6, 100, 10))]));
    }

    private static StageResult Stage(int users, double perSecond, double p50) => Sample.Stage(users, (long)(8 * perSecond), p50: p50, p95: 2 * p50) with
    {
        Intervals = new StageIntervals(new Interval(perSecond - 10, perSecond + 10), new Interval(p50 - 1, p50 + 1), new Interval((2 * p50) - 1.5, (2 * p50) + 1.5)),
    };
}
