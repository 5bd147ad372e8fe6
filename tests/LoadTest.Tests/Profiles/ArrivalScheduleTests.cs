using Endpoints.LoadTest.Profiles;
using Endpoints.LoadTest.Scenarios;

namespace Endpoints.LoadTest.Tests.Profiles;

public sealed class ArrivalScheduleTests
{
    private static readonly TimeSpan Ten = TimeSpan.FromSeconds(10);

    [Fact]
    public void Next_Constant_IsEvenlySpread()
    {
        var schedule = new ArrivalSchedule(LoadStage.Open(40, Ten), Arrivals.Constant, 1);

        Assert.Equal([0, 25, 50, 75], Enumerable.Range(0, 4).Select(_ => schedule.Next().TotalMilliseconds));
    }

    [Theory]
    [InlineData(90, null)]
    [InlineData(100, 300)]
    public void Next_Workers_TogetherSendWhenOneAloneWould(int from, int? to)
    {
        var alone = new ArrivalSchedule(LoadStage.Open(from, Ten, to), Arrivals.Constant, 1);
        ArrivalSchedule[] workers = [.. Enumerable.Range(0, 3).Select(i => new ArrivalSchedule(LoadStage.Open(from / 3.0, Ten, to / 3.0), Arrivals.Constant, 1, new Worker(i, 3)))];

        for (int i = 0; i < 900; i++)
        {
            Assert.Equal(alone.Next().TotalMilliseconds, workers[i % 3].Next().TotalMilliseconds, 0.001);
        }
    }

    [Theory]
    [InlineData(100, 300)]
    [InlineData(300, 100)]
    [InlineData(100, 100)]
    public void Next_Ramp_SendsTheMeanRateAndEndsAtTheOther(double from, double to)
    {
        var schedule = new ArrivalSchedule(LoadStage.Open(from, Ten, to), Arrivals.Constant, 1);
        double[] times = [.. Enumerable.Range(0, 3_000).Select(_ => schedule.Next().TotalSeconds)];

        Assert.Equal(5 * (from + to), times.Count(time => time < 10), 1.01);
        Assert.Equal(from, times.Count(time => time < 0.5) / 0.5, (0.026 * Math.Abs(to - from)) + 2.1);
        // After the ramp the rate stays.
        Assert.Equal(to, times.Count(time => time is >= 10 and < 11), 1.01);
        Assert.Equal(times.Order(), times);
    }

    [Fact]
    public void Next_SameSeed_IsTheSame()
    {
        LoadStage stage = LoadStage.Open(100, Ten, 200);
        TimeSpan[] Times(int seed)
        {
            var schedule = new ArrivalSchedule(stage, Arrivals.Poisson, seed);
            return [.. Enumerable.Range(0, 50).Select(_ => schedule.Next())];
        }

        Assert.Equal(Times(3), Times(3));
        Assert.NotEqual(Times(3), Times(4));
    }

    [Theory]
    [InlineData("100", new[] { 100.0 })]
    [InlineData("0.5, 2.5", new[] { 0.5, 2.5 })]
    [InlineData("100->500,500,500->0.5", new[] { 300.0, 500, 250.25 })]
    [InlineData("100..400", new[] { 100.0, 133, 166, 199, 232, 265, 298, 331, 364, 397, 400 })]
    public void ParseRates_Text_GivesTheStages(string text, double[] levels)
    {
        LoadProfile profile = LoadProfile.ParseRates(text, null, "10s");

        Assert.True(profile.IsOpen);
        Assert.Equal(levels, profile.Stages.Select(stage => stage.Level));
    }

    [Theory]
    [InlineData("many", "'many' is not a number above 0")]
    [InlineData("0", "'0' is not a number above 0")]
    [InlineData("1->2->3", "more than one '->'")]
    [InlineData("100->", "'' is not a number above 0")]
    [InlineData("1000001", "at most 1000000")]
    public void ParseRates_OtherText_SaysWhatIsExpected(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<LoadTestException>(() => LoadProfile.ParseRates(text, null, "10s")).Message, StringComparison.Ordinal);

    [Fact]
    public void Constructor_UsersAndRates_Throws() => Assert.Contains(
        "mixes users and arrival rates", Assert.Throws<LoadTestException>(() => new LoadProfile([new LoadStage(1, Ten), LoadStage.Open(5, Ten)])).Message, StringComparison.Ordinal);
}
