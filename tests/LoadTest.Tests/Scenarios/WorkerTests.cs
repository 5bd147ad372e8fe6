using Endpoints.LoadTest.Goals;
using Endpoints.LoadTest.Profiles;
using Endpoints.LoadTest.Scenarios;
using Endpoints.LoadTest.Tests.Support;

namespace Endpoints.LoadTest.Tests.Scenarios;

public sealed class WorkerTests
{
    private static readonly LoadTarget Target = new("base", new Uri("http://h/"));

    [Theory]
    [InlineData("0/1", 0, 1)]
    [InlineData("3/4", 3, 4)]
    [InlineData("/4", 2, 4)]
    public void Parse_Text_IsTheWorker(string text, int index, int count) =>
        Assert.Equal(new Worker(index, count), Worker.Parse(text, name => name == "JOB_COMPLETION_INDEX" ? "2" : null));

    [Theory]
    [InlineData("4/4")]
    [InlineData("-1/4")]
    [InlineData("1")]
    [InlineData("1/2/3")]
    [InlineData("1/0")]
    [InlineData("a/4")]
    [InlineData("/4")]
    [InlineData("/2")]
    public void Parse_OtherText_SaysWhatIsExpected(string text)
    {
        string message = Assert.Throws<LoadTestException>(() => Worker.Parse(text, _ => text == "/2" ? "2" : null)).Message;

        Assert.Contains(text == "/4" ? "JOB_COMPLETION_INDEX, which is not set: give it, such as 0/4" : "expected NUMBER/COUNT", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10, 4)]
    [InlineData(4, 4)]
    [InlineData(101, 3)]
    public void Share_Users_AddUpToAll(int users, int count)
    {
        int[] parts = [.. Parts(Sample.Options($"{users},{users * 2}"), count).Select(part => part.Options.Profile.Stages[0].Users)];

        Assert.Equal(users, parts.Sum());
        Assert.InRange(parts.Max() - parts.Min(), 0, 1);
    }

    [Fact]
    public void Share_Rates_AreEvenAndEachHasAFolder()
    {
        LoadTestOptions options = Sample.Options() with { Profile = LoadProfile.ParseRates("100->500,90", null, "5s"), MaxConnections = 10, Log = "a/log.csv" };

        PlannedLoadTest[] parts = Parts(options, 4);

        Assert.All(parts, part => Assert.Equal([(25.0, 125.0), (22.5, null)], part.Options.Profile.Stages.Select(stage => (stage.Rate!.Value, stage.RateTo))));
        Assert.Equal(10, parts.Sum(part => part.Options.MaxConnections));
        Assert.Equal(Path.Combine("out", "worker-3"), parts[3].Folder);
        Assert.Equal("a/log.worker-3.csv", parts[3].Options.Log);
    }

    [Fact]
    public void Share_WhatWorkersCannotDoApart_IsRefused()
    {
        Refused(Sample.Options("3"), "3 users cannot be shared by 4 workers");
        Refused(Sample.Options("8") with { Find = Find.Onset }, "leave find out");
        Refused(Sample.Options("8") with { MaxWindows = 9 }, "leave windows out");
        Refused(Sample.Options("8") with { AbortEarly = true }, "leave the early abort out");

        static void Refused(LoadTestOptions options, string because) =>
            Assert.Contains(because, Assert.Throws<LoadTestException>(() => Parts(options, 4)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WaitAsync_StartToCome_IsWaitedForAndAPassedOneRefused()
    {
        var clock = new ManualClock();
        Task waiting = Worker.WaitAsync(clock.GetUtcNow().AddSeconds(30), clock, default);

        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(waiting.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));
        await waiting;

        await Worker.WaitAsync(clock.GetUtcNow().AddSeconds(-0.5), clock, default);
        var error = await Assert.ThrowsAsync<LoadTestException>(() => Worker.WaitAsync(clock.GetUtcNow().AddSeconds(-20), clock, default));
        Assert.Contains("passed 20 s ago", error.Message, StringComparison.Ordinal);
    }

    private static PlannedLoadTest[] Parts(LoadTestOptions options, int count) =>
        [.. Enumerable.Range(0, count).Select(i => new Worker(i, count).Share(new PlannedLoadTest(options, [Target], Sample.Pairs, "out")))];
}
