using Endpoints.LoadTest.Goals;
using Endpoints.LoadTest.Results;
using Endpoints.LoadTest.Tests.Support;

namespace Endpoints.LoadTest.Tests.Goals;

public sealed class LevelSearchTests
{
    [Theory]
    [InlineData(37)]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(40)]
    public void Next_Users_EndsAtTheOneThatFails(int onset)
    {
        List<StageResult> stages = [.. new[] { 10, 20, 40 }.Select(users => Stage(users, onset))];

        while (LevelSearch.Next(stages, Fails) is { } level)
        {
            Assert.DoesNotContain(stages, stage => stage.Level == level);
            stages.Add(Stage((int)level, onset));
        }

        Assert.Equal(onset, stages.Where(Fails).Min(stage => stage.Level));
        Assert.InRange(stages.Count, 3, 9);
        if (onset > 1)
        {
            Assert.Contains(stages, stage => stage.Level == onset - 1);
        }
    }

    [Fact]
    public void Next_Rates_EndsWithinOnePercent()
    {
        List<StageResult> stages = [.. new[] { 100.0, 1000 }.Select(Rate)];

        while (LevelSearch.Next(stages, Fails) is { } level)
        {
            stages.Add(Rate(level));
        }

        double fails = stages.Where(Fails).Min(stage => stage.Level), holds = stages.Where(stage => !Fails(stage)).Max(stage => stage.Level);
        Assert.True(holds <= 777.7 && fails > 777.7 && fails - holds <= 7.8, $"{holds} to {fails}");

        static StageResult Rate(double rate) => Sample.Stage(5, 1000, rate > 777.7 ? 500 : 0) with { Rate = rate };
    }

    [Fact]
    public void Next_NothingFails_IsNothingToFind() => Assert.Null(LevelSearch.Next([Stage(10, 99), Stage(20, 99)], Fails));

    [Fact]
    public void Promise_NothingAnswered_IsBroken()
    {
        Condition[] promise = [Condition.Parse("p95<30ms")];

        var found = Promise.In([Stage(10, 99), Sample.Stage(20, 500), Sample.Stage(30, 0, 100)], stage => Promise.Breaks(promise, "base", stage));

        Assert.Equal((20.0, 30.0, 62.5), (found.Holds, found.BreaksAt, found.OkPerSecond));
    }

    private static StageResult Stage(int users, int onset) => Sample.Stage(users, 1000, users >= onset ? 500 : 0);

    private static bool Fails(StageResult stage) => ThrottlingOnset.Throttles(stage);
}
