using Endpoints.LoadTest.Measuring;
using Endpoints.LoadTest.Merging;
using Endpoints.LoadTest.Profiles;
using Endpoints.LoadTest.Results;
using Endpoints.LoadTest.Scenarios;
using Endpoints.LoadTest.Targets;
using Endpoints.LoadTest.Tests.Support;
using Endpoints.LoadTest.Users;

namespace Endpoints.LoadTest.Tests.Users;

/// <summary>Open and closed loops simulated against a made-up server: the clock moves only when all that is due has happened.</summary>
public sealed class OpenLoopTests
{
    private static readonly TimeSpan Fast = TimeSpan.FromMilliseconds(1);
    private readonly ManualClock _clock = new();

    [Fact]
    public async Task RunAsync_ServerFreezesFiveSeconds_AllWhoWouldHaveComeAreSlow()
    {
        StageResult stage = await RunAsync(Freeze, "100", "20s");

        Assert.InRange(stage.Planned, 1_999, 2_001);
        Assert.Equal(stage.Planned, stage.Outcomes.Ok.Count);
        LatencyHistogram ok = stage.Outcomes.Ok.Histogram!;
        // 490 of 2,000 came while it stood still and waited more than 100 ms.
        Assert.True(ok.Percentile(1 - (480 / 2_000.0)) > 100_000);
        Assert.True(ok.Percentile(1 - (500 / 2_000.0)) < 100_000);
        Assert.Null(stage.CorrectedMs);
        Assert.Null(stage.Invalid);
        Assert.InRange(stage.Users, 480, 501);
    }

    [Fact]
    public async Task ClosedLoop_ServerFreezesFiveSeconds_CorrectedFigureShowsWhatTheRawOneHides()
    {
        LoadTestOptions options = Options(LoadProfile.Parse("1", null, "20s")) with { Pacing = TimeSpan.FromMilliseconds(10) };
        StageResult stage = await RunAsync(Freeze, options);

        Assert.InRange(stage.Outcomes.Ok.Count, 1_495, 1_505);
        Assert.True(stage.Outcomes.Ok.LatencyMs!.P99 < 2);
        Assert.True(stage.CorrectedMs!.P90 > 2_900, $"{stage.CorrectedMs}");
        Assert.Equal(5_000, stage.CorrectedMs.Max, 60.0);
    }

    [Fact]
    public async Task RunAsync_Poisson_SendsAtTheMeanRateWithExponentialGaps()
    {
        var sent = new List<TimeSpan>();
        TimeSpan Note(TimeSpan at)
        {
            sent.Add(at);
            return Fast;
        }

        StageResult stage = await RunAsync(Note, Options(LoadProfile.ParseRates("100", null, "40s")) with { Arrivals = Arrivals.Poisson });

        // Standard deviation of 4,000 independent arrivals: 63. Of exponential gaps, the deviation is the mean.
        Assert.InRange(stage.Planned, 3_800, 4_200);
        double[] gaps = [.. sent.Zip(sent.Skip(1), (a, b) => (b - a).TotalSeconds)];
        double mean = gaps.Average(), deviation = Math.Sqrt(gaps.Average(gap => (gap - mean) * (gap - mean)));
        Assert.Equal(1, deviation / mean, 0.1);
    }

    [Fact]
    public async Task RunAsync_TimersComeLate_IsInvalid()
    {
        _clock.Lateness = TimeSpan.FromMilliseconds(7);

        StageResult stage = await RunAsync(_ => Fast, "50", "6s");

        Assert.Equal(7, stage.SendLag!.LatencyMs!.P99, 1.1);
        Assert.StartsWith("the tester sent late: 1 % of its requests by more than 7", stage.Invalid, StringComparison.Ordinal);
        // Latency counts from when it should have been sent.
        Assert.InRange(stage.Outcomes.Ok.LatencyMs!.P50, 13, 17);
    }

    [Fact]
    public async Task RunAsync_TooFewConnections_WaitingCountsAndTheRestIsNotSent()
    {
        LoadTestOptions options = Options(LoadProfile.ParseRates("100", null, "10s")) with { MaxConnections = 1 };
        StageResult stage = await RunAsync(_ => TimeSpan.FromMilliseconds(20), options);

        Assert.Equal(1, stage.Users);
        // Half of what comes can be served: a request that is sent at 10 s has waited since 5 s.
        Assert.InRange(stage.Outcomes.Ok.Count, 495, 505);
        Assert.Equal(5_000, stage.Outcomes.Ok.LatencyMs!.Max, 60.0);
        Assert.Contains("of 1000 planned requests were not sent, for all 1 connections were busy", stage.Invalid, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_ProcessorBusy_IsInvalidUnlessTheServerSharesTheProcess()
    {
        var used = TimeSpan.Zero;
        LoadTestOptions options = Options(LoadProfile.ParseRates("10", null, "3s")) with { CpuTime = () => used += Environment.ProcessorCount * TimeSpan.FromSeconds(2.95) };

        StageResult stage = await RunAsync(_ => Fast, options);
        StageResult shared = await RunAsync(_ => Fast, options with { SharesProcess = true });

        Assert.Contains("the tester used 98 % of its", stage.Invalid, StringComparison.Ordinal);
        Assert.Null(shared.Invalid);
    }

    [Fact]
    public async Task RunAsync_RateNotSteadyAtFirst_WindowsAreRepeatedUntilThreeAgree()
    {
        LoadTestOptions options = Options(LoadProfile.Parse("1", null, "6s")) with { MaxWindows = 10 };
        // Each window is 2 s long: 40 ms an answer for 5 s, then 10 ms.
        StageResult stage = await RunAsync(at => TimeSpan.FromMilliseconds(at < TimeSpan.FromSeconds(5) ? 40 : 10), options);

        Assert.Equal(6, stage.Windows);
        Assert.True(stage.Steady);
        Assert.Equal(100, stage.OkPerSecond, 1.0);
        Assert.InRange(stage.WarmUpRequests, 220, 230);
        Interval sure = stage.Intervals!.OkPerSecond!.Value;
        Assert.True(sure.Low <= 100 && sure.High >= 99 && sure.High - sure.Low < 4, $"{sure}");
    }

    [Fact]
    public async Task RunAsync_NeverSteady_IsFlaggedAfterTheMostWindows()
    {
        StageResult stage = await RunAsync(
            at => TimeSpan.FromMilliseconds(Math.Pow(2, Math.Floor(at.TotalSeconds / 2) + 1)), Options(LoadProfile.Parse("1", null, "6s")) with { MaxWindows = 4 });

        Assert.Equal(4, stage.Windows);
        Assert.False(stage.Steady);
    }

    [Fact]
    public async Task RunAsync_Ramp_IsNotLengthenedAndNotCalledUnsteady()
    {
        StageResult stage = await RunAsync(_ => Fast, Options(LoadProfile.ParseRates("20->220", null, "6s")) with { MaxWindows = 10 });

        Assert.Equal((3, null, 120.0), (stage.Windows, stage.Steady, stage.Rate));
        Assert.Equal(720, stage.Planned, 2.0);
    }

    [Fact]
    public async Task RunAsync_Retries_CountAttemptsAndRequests()
    {
        LoadTestOptions options = Options(LoadProfile.Parse("1", null, "10s")) with { Retries = 2 };
        var server = new FakeServer(_clock, _ => Fast)
        {
            Answers = i => (i % 5) switch
            {
                // A request that is answered in the third attempt, then one that is throttled and whose next attempt gives what no retry mends.
                0 or 1 or 3 => new Answer(Outcome.Throttled, default, Error: "429") { MayRetry = true },
                2 => new Answer(Outcome.Ok, default),
                _ => new Answer(Outcome.Wrong, default, Error: "400"),
            },
        };
        StageResult stage = await RunAsync(server, options);

        Assert.True(stage.Outcomes.Requests > 2);
        Assert.True(stage.Attempts >= 2 * stage.Outcomes.Requests, $"{stage.Attempts} attempts, {stage.Outcomes.Requests} requests");
        Assert.InRange(stage.ThrottledAttempts, stage.Attempts / 2, stage.Attempts * 4 / 5);
        Assert.True(Math.Abs(stage.Outcomes.Ok.Count - stage.Outcomes.Wrong.Count) <= 1);
        Assert.True(stage.Outcomes.Throttled.Count <= 1);
        // The wait between attempts is part of the request.
        Assert.True(stage.Outcomes.Ok.LatencyMs!.Mean > 20, $"{stage.Outcomes.Ok.LatencyMs}");
    }

    private static TimeSpan Freeze(TimeSpan at) =>
        at >= TimeSpan.FromSeconds(5) && at < TimeSpan.FromSeconds(10) ? TimeSpan.FromSeconds(10) - at + Fast : Fast;

    [Fact]
    public async Task RunAsync_Workers_MergedAreAsOneAlone()
    {
        LoadTestOptions options = Options(LoadProfile.ParseRates("300", null, "20s")) with { WarmUpShare = 0 };
        StageResult alone = await RunAsync(Freeze, options);
        var parts = new List<StageResult>();
        for (int i = 0; i < 3; i++)
        {
            var worker = new Worker(i, 3);
            var clock = new ManualClock();
            var server = new FakeServer(clock, Freeze);
            parts.Add(await RunAsync(server, clock, worker.Share(new PlannedLoadTest(options, [], Sample.Pairs, "out")).Options));
        }

        StageResult merged = StageMerge.Of([.. parts], LoadTestSettings.From(options, Sample.Pairs));

        Assert.InRange(merged.Planned - alone.Planned, -1, 1);
        Assert.InRange(merged.Outcomes.Ok.Count - alone.Outcomes.Ok.Count, -1, 1);
        Assert.Equal(alone.OkPerSecond, merged.OkPerSecond, 0.1);
        foreach (double share in (double[])[0.1, 0.5, 0.7, 0.9, 0.99, 1])
        {
            Assert.Equal(1, merged.Outcomes.Ok.Histogram!.Percentile(share) / (double)alone.Outcomes.Ok.Histogram!.Percentile(share), 0.02);
        }
    }

    private static LoadTestOptions Options(LoadProfile profile) =>
        new() { Profile = profile, WarmUpShare = 0, CpuTime = () => TimeSpan.Zero, ThrottleBackoff = TimeSpan.Zero };

    private Task<StageResult> RunAsync(Func<TimeSpan, TimeSpan> service, string rate, string stage) => RunAsync(service, Options(LoadProfile.ParseRates(rate, null, stage)));

    private Task<StageResult> RunAsync(Func<TimeSpan, TimeSpan> service, LoadTestOptions options) => RunAsync(new FakeServer(_clock, service), options);

    private Task<StageResult> RunAsync(FakeServer server, LoadTestOptions options) => RunAsync(server, _clock, options);

    private static async Task<StageResult> RunAsync(FakeServer server, ManualClock clock, LoadTestOptions options)
    {
        var target = new TargetUnderTest(new LoadTarget("base", new Uri("http://h/")), new Questions(Sample.Pairs, RequestForm.Pairs, 1, null, options.Worker), clock);
        using ILoop loop = options.Profile.IsOpen
            ? new OpenLoop(target, options, server.Connect, clock, default)
            : new ClosedLoop(target, options, server.Connect, clock, default);
        return await server.SimulateAsync(loop.RunAsync(options.Profile.Stages[0])).WaitAsync(TimeSpan.FromSeconds(60));
    }
}
