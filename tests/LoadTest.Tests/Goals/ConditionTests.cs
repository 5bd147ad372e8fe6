using Endpoints.LoadTest.Goals;
using Endpoints.LoadTest.Measuring;
using Endpoints.LoadTest.Results;
using Endpoints.LoadTest.Tests.Support;

namespace Endpoints.LoadTest.Tests.Goals;

public sealed class ConditionTests
{
    // 800 answered (p50 10 ms, p95 20 ms), 200 throttled (p95 2.5 ms), in 8 s; 90 % right.
    private static readonly StageResult Stage = Sample.Stage(50, 800, 200, scored: 800, correct: 720);

    [Theory]
    [InlineData("p95<200ms", true)]
    [InlineData("p95<20ms", false)]
    [InlineData("p95<=20ms", true)]
    [InlineData("p95>19999us", true)]
    [InlineData(" p50 >= 0.01 s ", true)]
    [InlineData("throttled>19%", true)]
    [InlineData("throttled>0.21", false)]
    [InlineData("throttled.p95>2ms", true)]
    [InlineData("throttled.max<4ms", false)]
    [InlineData("failed<1%", true)]
    [InlineData("wrong>0", false)]
    [InlineData("accuracy<90%", false)]
    [InlineData("accuracy<91%", true)]
    [InlineData("rate>=100/s", true)]
    [InlineData("rate>100", false)]
    [InlineData("mean<=10ms", true)]
    public void Holds_Figure_IsComparedInItsUnit(string text, bool holds) => Assert.Equal(holds, Condition.Parse(text).Holds(Stage));

    [Fact]
    public void Holds_NoSuchLatency_IsUnknown()
    {
        Assert.Null(Condition.Parse("p95<1s").Holds(Sample.Stage(5, 0, 10)));
        Assert.Null(Condition.Parse("refused.p50<1s").Holds(Stage));
        Assert.Null(Condition.Parse("accuracy>1%").Holds(Sample.Stage(5, 10)));
    }

    [Fact]
    public void Holds_RarePercentile_ComesFromTheHistogram()
    {
        var histogram = new LatencyHistogram();
        for (int i = 1; i <= 1000; i++)
        {
            histogram.Record(i * 1000);
        }

        StageResult stage = Stage with { Outcomes = Stage.Outcomes with { Ok = OutcomeFigure.From(histogram) } };

        Assert.True(Condition.Parse("p99.9>990ms").Holds(stage));
        Assert.False(Condition.Parse("p99.9>1010ms").Holds(stage));
    }

    [Fact]
    public void Concerns_TargetAndLoad_OnlyThose()
    {
        Assert.True(Condition.Parse("base:p95<1s@50").Concerns("base", Stage));
        Assert.False(Condition.Parse("base:p95<1s@50").Concerns("pruned", Stage));
        Assert.False(Condition.Parse("p95<1s@51").Concerns("base", Stage));
        Assert.True(Condition.Parse("p95<1s").Concerns("any", Stage));
    }

    [Theory]
    [InlineData("", "is not a condition")]
    [InlineData("p95", "is not a condition")]
    [InlineData("p95=5ms", "is not a condition")]
    [InlineData("p95<200", "'200' in 'p95<200' is not a time with its unit")]
    [InlineData("p101<5ms", "'p101' in 'p101<5ms' is not a figure")]
    [InlineData("speed<5ms", "'speed' in 'speed<5ms' is not a figure")]
    [InlineData("throttled<5ms", "is not a share")]
    [InlineData("rate<x", "is not a rate")]
    [InlineData("p95<-5ms", "is not a time")]
    public void Parse_OtherText_SaysWhatIsExpected(string text, string expected)
    {
        string message = Assert.Throws<LoadTestException>(() => Condition.Parse(text)).Message;

        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains("such as p95<200ms", message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_Checks_OnlyAHoldingConditionFails()
    {
        TargetResult target = Sample.Target("base", Sample.Stage(20, 10, 90), Stage, Sample.Stage(60, 0, 10));

        Check[] checks = [.. Check.All([Condition.Parse("throttled>50%"), Condition.Parse("p95>1s")], target)];

        Assert.Equal([true, false, false, false, true, false], checks.Select(check => check.Failed));
        Assert.Equal(new Check("throttled>50%", "base", 20, true, "90 %"), checks[0]);
        Assert.Equal("no such figure", checks[5].Found);
    }
}
