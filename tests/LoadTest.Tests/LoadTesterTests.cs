using Endpoints.LoadTest.Goals;
using Endpoints.LoadTest.Measuring;
using Endpoints.LoadTest.Output;
using Endpoints.LoadTest.Report;
using Endpoints.LoadTest.Results;
using Endpoints.LoadTest.Targets;
using Endpoints.LoadTest.Tests.Support;
using Endpoints.Tests;

namespace Endpoints.LoadTest.Tests;

/// <summary>Whole runs against a responder that moves the clock with each request, so that stages end after a number of requests and nothing waits.</summary>
public sealed class LoadTesterTests : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);
    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly RecordingProgress _progress = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task RunAsync_EveryKindOfAnswer_CountsAreTheServers()
    {
        Reply[] kinds = [Reply.Right, Reply.WrongLabel, Reply.Throttled, Reply.ServerError, Reply.Close, Reply.CloseHalfway, Reply.NoLabel, Reply.NotJson, Reply.NotHttp];
        using var server = new Responder(i => kinds[i % kinds.Length]);
        server.Received = _ => _clock.Advance(Tick);

        TargetResult target = (await RunAsync(server, Sample.Options("4,8", "5s"))).Targets[0];

        // The probe got the first right answer and is in no figure.
        OutcomeFigures whole = target.Whole;
        Assert.Equal(server.Count(Reply.Right) - 1 + server.Count(Reply.WrongLabel), whole.Ok.Count);
        Assert.Equal(server.Count(Reply.Throttled), whole.Throttled.Count);
        Assert.Equal(server.Count(Reply.Close) + server.Count(Reply.CloseHalfway), whole.Refused.Count);
        Assert.Equal(server.Count(Reply.ServerError) + server.Count(Reply.NoLabel) + server.Count(Reply.NotJson) + server.Count(Reply.NotHttp), whole.Wrong.Count);
        Assert.Equal(0, whole.TimedOut.Count);
        Assert.True(whole.Ok.Count > 50);
        Assert.Equal(whole.Requests, target.Stages.Sum(stage => stage.WarmUpRequests + stage.Outcomes.Requests));
        Assert.All(target.Stages, stage => Assert.True(stage.WarmUpRequests > 0 && stage.Outcomes.Requests > 0));
        Assert.True(target.Accuracy.Correct > 0 && target.Accuracy.Correct < target.Accuracy.Scored);
        Assert.Equal(target.Measured(Outcome.Ok), target.Accuracy.Scored);
    }

    [Fact]
    public async Task RunAsync_AllRight_AccuracyIsOneAndUsersKeepTheirConnections()
    {
        using var server = new Responder(_ => Reply.Right);
        server.Received = _ => _clock.Advance(Tick);

        TargetResult target = (await RunAsync(server, Sample.Options("3,6", "3s"))).Targets[0];

        Assert.Equal(1, target.Accuracy.Share);
        // One connection for the probe, one for the endpoint's facts, one for the server's counters, one for each of the six users.
        Assert.Equal(9, server.Connections);
    }

    [Fact]
    public async Task RunAsync_NoAnswerInTime_IsTimedOutAndTheUserGoesOn()
    {
        LoadTestOptions options = Sample.Options("1", "30s") with { Timeout = TimeSpan.FromSeconds(1), WarmUpShare = 0 };
        using var server = new Responder(i => i % 4 == 3 ? Reply.Silence : Reply.Right);
        server.Received = reply => _clock.Advance(reply == Reply.Silence ? options.Timeout : Tick);

        TargetResult target = (await RunAsync(server, options)).Targets[0];

        Assert.Equal(server.Count(Reply.Silence), target.Whole.TimedOut.Count);
        Assert.Equal(server.Count(Reply.Right) - 1, target.Whole.Ok.Count);
        Assert.True(target.Whole.TimedOut.Count > 5);
        Assert.Equal(1000, target.Whole.TimedOut.LatencyMs!.P50, 10.0);
        Assert.True(target.Whole.Ok.LatencyMs!.Max < 100);
    }

    [Fact]
    public async Task RunAsync_Stage_RatesAreOverItsMeasuredPart()
    {
        using var server = new Responder(_ => Reply.Right);
        server.Received = _ => _clock.Advance(Tick);

        StageResult stage = (await RunAsync(server, Sample.Options("1", "10s") with { WarmUpShare = 0.2 })).Targets[0].Stages[0];

        // 100 requests a second; 2 s of warm-up; 8 s measured. A request either side may fall to the neighbour.
        Assert.InRange(stage.WarmUpRequests, 199, 201);
        Assert.InRange(stage.Outcomes.Requests, 799, 801);
        Assert.Equal(8, stage.Seconds, 0.011);
        Assert.Equal(100, stage.OkPerSecond, 0.5);
        Assert.Equal(10, stage.Outcomes.Ok.LatencyMs!.P50, 0.1);
    }

    [Fact]
    public async Task RunAsync_LongStage_WarmUpIsAtMostTheLimit()
    {
        using var server = new Responder(_ => Reply.Right);
        server.Received = _ => _clock.Advance(TimeSpan.FromMilliseconds(100));

        StageResult stage = (await RunAsync(server, Sample.Options("1", "60s"))).Targets[0].Stages[0];

        Assert.Equal(58, stage.Seconds, 0.2);
    }

    [Fact]
    public async Task RunAsync_Throttled_WaitsBeforeTryingAgain()
    {
        LoadTestOptions options = Sample.Options("1", "10s") with { ThrottleBackoff = TimeSpan.FromMilliseconds(50) };
        using var server = new Responder(_ => Reply.Throttled);
        // Nothing but the pauses lets time pass here.
        _clock.TimerSet = delay => _ = delay == options.ThrottleBackoff ? Task.Run(() => _clock.Advance(delay)) : Task.CompletedTask;

        TargetResult target = (await RunAsync(server, options)).Targets[0];

        Assert.InRange(target.Whole.Throttled.Count, 200, 201);
        Assert.Equal(server.Count(Reply.Throttled) - 1, target.Whole.Throttled.Count);
    }

    [Fact]
    public async Task RunAsync_ThinkTime_PausesBetweenRequests()
    {
        LoadTestOptions options = Sample.Options("2", "10s") with { ThinkTime = TimeSpan.FromMilliseconds(250), WarmUpShare = 0 };
        using var server = new Responder(_ => Reply.Right);
        int waiting = 0;
        _clock.TimerSet = delay =>
        {
            if (delay == options.ThinkTime && Interlocked.Increment(ref waiting) % 2 == 0)
            {
                Task.Run(() => _clock.Advance(delay));
            }
        };

        TargetResult target = (await RunAsync(server, options)).Targets[0];

        Assert.InRange(target.Whole.Ok.Count, 80, 82);
    }

    [Fact]
    public async Task RunAsync_Interrupted_WritesEverythingAndSaysSo()
    {
        using var interruption = new CancellationTokenSource();
        using var server = new Responder(i => i < 300 ? Reply.Right : Reply.Silence);
        var lastOne = new TaskCompletionSource();
        server.Received = reply =>
        {
            _clock.Advance(Tick);
            if (reply == Reply.Silence)
            {
                lastOne.TrySetResult();
            }
        };
        Task<LoadTestResult> run = LoadTester.RunAsync(
            Sample.Options("1", "20s"), [new LoadTarget("base", server.Url), new LoadTarget("never", server.Url)], Sample.Pairs, _folder.Path, _progress, _clock, interruption.Token);
        await lastOne.Task;
        await interruption.CancelAsync();

        LoadTestResult result = await run;

        Assert.False(result.Complete);
        Assert.Equal("interrupted", _progress.Events[^1]);
        TargetResult target = Assert.Single(result.Targets);
        Assert.Equal(1, target.Abandoned);
        Assert.Equal(298, target.Whole.Ok.Count);
        Assert.False(Assert.Single(target.Stages).Complete);
        Assert.False(LoadTestResult.Read(_folder.Path).Complete);
        Assert.Contains("was interrupted", File.ReadAllText(_folder.File("report.html")), StringComparison.Ordinal);
        Assert.EndsWith(",298,0", string.Join(',', File.ReadAllLines(_folder.File("base_stats.csv"))[2].Split(',').Take(4)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_Always_WritesTheFilesOfEachTarget()
    {
        using var server = new Responder(i => i % 10 == 9 ? Reply.Throttled : Reply.Right);
        server.Endpoints = """{"engine":"cpu","endpoints":[{"name":"base","default":true,"subNetwork":"full","parameters":{"kept":5000,"total":9000},"accuracy":0.91,"task":"rte","split":"dev"}]}""";
        server.Received = _ => _clock.Advance(Tick);

        LoadTestResult result = await LoadTester.RunAsync(
            Sample.Options("1,2", "5s"), [new LoadTarget("base", server.Url), new LoadTarget("again/2", server.Url)], Sample.Pairs, _folder.Path, _progress, _clock, default);

        string[] expected =
        [
            "again_2_exceptions.csv", "again_2_failures.csv", "again_2_stats.csv", "again_2_stats_history.csv", "base_exceptions.csv", "base_failures.csv", "base_stats.csv",
            "base_stats_history.csv", "junit.xml", "report.html", "response-time.svg", "result.json", "stages.csv",
        ];
        Assert.Equal(expected, Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(["started", "base 1", "base 2", "again/2 1", "again/2 2", "ended"], _progress.Events);
        Assert.Equal(new EndpointFacts { Name = "base", SubNetwork = "full", Parameters = 5000, ParametersBeforePruning = 9000, Accuracy = 0.91, DataSet = "rte dev" }, result.Targets[0].Facts);
        Assert.Equal(1, result.Targets[0].Onset.StartsAt);
        Assert.Equal(5, File.ReadAllLines(_folder.File("stages.csv")).Length);
    }

    [Fact]
    public async Task RunAsync_History_HasARowForEverySecondWhoseLastTotalsAreTheWhole()
    {
        using var server = new Responder(i => i % 10 == 9 ? Reply.Throttled : Reply.Right);
        server.Received = _ => _clock.Advance(Tick);

        TargetResult target = (await RunAsync(server, Sample.Options("1,2", "5s"))).Targets[0];

        string[][] rows = [.. File.ReadAllText(_folder.File("base_stats_history.csv")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(row => row.Split(','))];
        Assert.InRange(rows.Length, 10, 12);
        Assert.All(rows, row => Assert.Equal(24, row.Length));
        Assert.Equal("1", rows[0][1]);
        Assert.Equal("2", rows[^1][1]);
        Assert.Equal(target.Whole.Requests, long.Parse(rows[^1][17]));
        Assert.Equal(target.Whole.Throttled.Count, long.Parse(rows[^1][18]));
        Assert.Equal("10", rows[1][6]);
        Assert.True(_progress.Seconds.Count >= 8);
        Assert.All(_progress.Seconds, second => Assert.Equal(second.StageNumber, second.Second.Users));
        Assert.Equal(100, _progress.Seconds[2].Second.OkPerSecond, 15.0);
    }

    [Fact]
    public async Task RunAsync_KilledAfterAStage_FilesHoldWhatWasMeasured()
    {
        using var server = new Responder(_ => Reply.Right);
        server.Received = _ => _clock.Advance(Tick);
        LoadTestResult? seen = null;
        long historyBytes = 0;
        _progress.OnStageEnded = _ =>
        {
            seen ??= LoadTestResult.Read(_folder.Path);
            historyBytes = new FileInfo(_folder.File("base_stats_history.csv")).Length;
        };

        await RunAsync(server, Sample.Options("1,2", "5s"));

        Assert.False(seen!.Complete);
        Assert.Single(seen.Targets[0].Stages);
        Assert.True(historyBytes > 400);
    }

    [Fact]
    public async Task RunAsync_NoTls_SaysHowToTrustOrDoWithout()
    {
        // Answers as HTTP servers do that find a handshake where a request should be.
        using var server = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        server.Start();
        Task answered = Task.Run(async () =>
        {
            using System.Net.Sockets.Socket socket = await server.AcceptSocketAsync();
            await socket.SendAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
            await socket.ReceiveAsync(new byte[1]);
        });
        var url = new Uri($"https://{server.LocalEndpoint}/invoke");

        var error = await Assert.ThrowsAsync<LoadTestException>(() => LoadTester.RunAsync(
            Sample.Options(), [new LoadTarget("base", url)], Sample.Pairs, _folder.Path, _progress, TimeProvider.System, default));

        Assert.Contains("gave no secure connection (", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Trust its certificate with --ca FILE, take any with --insecure, or write http where it speaks no TLS.", error.Message, StringComparison.Ordinal);
        await answered;
    }

    [Fact]
    public async Task RunAsync_ResultsCannotBeWritten_SaysWhereAndLeavesNoHalfFile()
    {
        using var server = new Responder(_ => Reply.Right);
        server.Received = _ => _clock.Advance(Tick);
        Directory.CreateDirectory(_folder.File("stages.csv"));

        var error = await Assert.ThrowsAsync<LoadTestException>(() => RunAsync(server, Sample.Options("1", "2s")));

        Assert.StartsWith($"The results cannot be written to {_folder.Path}: ", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("stages.csv.tmp")));
    }

    [Fact]
    public async Task RunAsync_NothingListens_SaysWhichUrlAndWhatToDo()
    {
        Uri url;
        using (var server = new Responder(_ => Reply.Right))
        {
            url = server.Url;
        }

        var error = await Assert.ThrowsAsync<LoadTestException>(() => LoadTester.RunAsync(
            Sample.Options(), [new LoadTarget("base", url)], Sample.Pairs, _folder.Path, _progress, _clock, default));

        Assert.Equal($"Target base does not work: {url} gave connection refused. Start the server, or correct the URL.", error.Message);
        Assert.Empty(_progress.Events);
    }

    [Theory]
    [InlineData(Reply.ServerError, "500 Internal Server Error ({\"title\":\"it broke\"})")]
    [InlineData(Reply.NoLabel, "200 without the JSON field 'label' ({\"score\":1})")]
    [InlineData(Reply.NotJson, "200 without the JSON field 'label' (<p>hello</p>)")]
    [InlineData(Reply.NotHttp, "the answer is not HTTP")]
    [InlineData(Reply.Close, "connection closed before the answer was complete")]
    internal async Task RunAsync_ProbeFails_SaysWhatWasFound(Reply reply, string found)
    {
        using var server = new Responder(_ => reply);

        var error = await Assert.ThrowsAsync<LoadTestException>(() => RunAsync(server, Sample.Options()));

        Assert.Contains($"{server.Url} gave {found}. ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_UnlabelledPairs_AnyOkAnswerCounts()
    {
        using var server = new Responder(_ => Reply.NotJson);
        server.Received = _ => _clock.Advance(Tick);

        LoadTestResult result = await LoadTester.RunAsync(
            Sample.Options(), [new LoadTarget("base", server.Url)], [new LoadPair("a", "b")], _folder.Path, _progress, _clock, default);

        Assert.True(result.Targets[0].Whole.Ok.Count > 100);
        Assert.Null(result.Targets[0].Accuracy.Share);
    }

    [Fact]
    public async Task RunAsync_NothingToDoOrSameNames_IsRefused()
    {
        LoadTarget target = new("base", new Uri("http://127.0.0.1:1/"));
        Task Run(LoadTestOptions options, LoadTarget[] targets, LoadPair[] pairs) => LoadTester.RunAsync(options, targets, pairs, _folder.Path, _progress, _clock, default);

        Assert.Contains("no pairs", (await Assert.ThrowsAsync<LoadTestException>(() => Run(Sample.Options(), [target], []))).Message, StringComparison.Ordinal);
        Assert.Contains("no target", (await Assert.ThrowsAsync<LoadTestException>(() => Run(Sample.Options(), [], Sample.Pairs))).Message, StringComparison.Ordinal);
        Assert.Contains("name of its own", (await Assert.ThrowsAsync<LoadTestException>(() => Run(Sample.Options(), [target, target], Sample.Pairs))).Message, StringComparison.Ordinal);
        Assert.Contains("0.2", (await Assert.ThrowsAsync<LoadTestException>(() => Run(Sample.Options() with { WarmUpShare = double.NaN }, [target], Sample.Pairs))).Message, StringComparison.Ordinal);
        Assert.Contains("timeout", (await Assert.ThrowsAsync<LoadTestException>(() => Run(Sample.Options() with { Timeout = TimeSpan.Zero }, [target], Sample.Pairs))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_FindOnset_TriesLoadsBetweenToOneUser()
    {
        // Throttles half of the requests while more than 13 users are at work.
        int users = 0;
        using var server = new Responder(i => users > 13 && i % 2 == 0 ? Reply.Throttled : Reply.Right);
        server.Received = _ => _clock.Advance(Tick);
        _progress.OnRunning = figures => users = figures.Second.Users;
        LoadTestOptions options = Sample.Options("5,10,20,40", "4s") with { Find = Find.Onset, WarmUpShare = 0.5, WarmUpLimit = TimeSpan.FromSeconds(2) };

        TargetResult target = (await RunAsync(server, options)).Targets[0];

        Assert.Equal([5, 10, 20, 15, 12, 13, 14], target.Stages.Select(stage => stage.Users));
        Assert.Equal(new ThrottlingOnset(13, 14), target.Onset);
    }

    [Fact]
    public async Task RunAsync_CheckFailsAndAbortEarly_EndsAfterThatStage()
    {
        // A request every 10 ms: the first stage has 200 of them, the second starts to be throttled a little later.
        using var server = new Responder(i => i > 250 ? Reply.Throttled : Reply.Right);
        server.Received = _ => _clock.Advance(Tick);
        LoadTestOptions options = Sample.Options("1,2,4", "2s") with { FailOn = [Condition.Parse("throttled>5%")], AbortEarly = true };

        LoadTestResult result = await RunAsync(server, options);

        Assert.True(result.Aborted && !result.Complete);
        Assert.Equal([false, true], result.Checks.Select(check => check.Failed));
        Assert.StartsWith("This test was ended early, for a check failed", LoadTestReport.Lead(result)[0], StringComparison.Ordinal);
        Assert.StartsWith("FAILED: base at 2 users: throttled>5% (found ", LoadTestReport.Lead(result)[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_ServerCounts_AreReconciled()
    {
        using var server = new Responder(i => i % 10 == 9 ? Reply.Throttled : Reply.Right);
        server.Metrics = () => $$"""
            endpoints_requests_total{endpoint="base",outcome="ok"} {{server.Count(Reply.Right)}}
            endpoints_requests_total{endpoint="base",outcome="throttled"} {{server.Count(Reply.Throttled)}}
            endpoints_requests_total{endpoint="base",outcome="invalid"} 3
            """;
        server.Received = _ => _clock.Advance(Tick);

        TargetResult target = (await RunAsync(server, Sample.Options("1,2", "3s"))).Targets[0];

        Assert.All(target.Stages, stage => Assert.True(stage.Server is { Agrees: true, ServerOk: > 200, ServerThrottled: > 20, ServerOthers: 0 }, $"{stage.Server}"));
        Assert.Equal(target.Whole.Ok.Count, target.Stages.Sum(stage => stage.Server!.ServerOk));
    }

    [Fact]
    public async Task RunAsync_ServerTiming_SplitsTheTime()
    {
        using var server = new Responder(_ => Reply.Right) { ServerTiming = "queue;dur=2, compute;dur=5, total;dur=7.5" };
        server.Received = _ => _clock.Advance(Tick);

        StageResult stage = (await RunAsync(server, Sample.Options("1", "3s"))).Targets[0].Stages[0];

        Assert.Equal((2.0, 5.0, 2.5), (stage.Split!.Queue.LatencyMs!.P50, stage.Split.Compute.LatencyMs!.P50, stage.Split.Network.LatencyMs!.P50), new AboutEqual());
        Assert.Equal(stage.Outcomes.Ok.Count, stage.Split.Queue.Count);
    }

    [Fact]
    public async Task RunAsync_HeadersAndKeys_AreSentAndInNoFile()
    {
        using var server = new Responder(_ => Reply.Right);
        server.Received = _ => _clock.Advance(Tick);
        var target = new LoadTarget("base", server.Url) { Connection = new TargetConnection { Headers = [new("Authorization", "Bearer hunter2"), new("X-Two", "2")] } };

        await LoadTester.RunAsync(Sample.Options(), [target], Sample.Pairs, _folder.Path, _progress, _clock, default);

        Assert.Contains("Authorization: Bearer hunter2", server.LastHead, StringComparison.Ordinal);
        Assert.Contains("X-Two: 2", server.LastHead, StringComparison.Ordinal);
        Assert.All(Directory.GetFiles(_folder.Path), file => Assert.DoesNotContain("hunter2", File.ReadAllText(file), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(5, false)]
    [InlineData(60, true)]
    public async Task RunAsync_AnswersChangeWithLoad_IsFoundWhenItIsMoreThanChance(int changes, bool isFound)
    {
        // From the second stage on, some answers to questions that were first answered right are wrong.
        using var server = new Responder(i => i > 450 && i <= 450 + changes ? Reply.WrongLabel : Reply.Right);
        server.Received = _ => _clock.Advance(Tick);

        LoadTestResult result = await RunAsync(server, Sample.Options("1,2,4", "4s") with { WarmUpShare = 0 });

        TargetResult target = result.Targets[0];
        Assert.Equal(changes, target.Stages.Sum(stage => stage.Changes!.Changed));
        Assert.Equal(changes, target.Stages.Sum(stage => stage.Changes!.ToWrong));
        Assert.Equal(isFound ? [2.0] : [], target.AccuracyShifts.Select(shift => shift.Level));
        Assert.Equal("11", target.FirstAnswers);
        string? warning = LoadTestReport.Lead(result).FirstOrDefault(line => line.Contains("base answered 60 times wrong", StringComparison.Ordinal) || line.Contains("does not always answer the same: 5 of", StringComparison.Ordinal));
        Assert.Equal(changes > 0, warning is not null);
        Assert.Equal(isFound, warning?.StartsWith("ACCURACY CHANGED with load: at 2 users", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task RunAsync_Reference_WhatIsFurtherOffIsWrong()
    {
        using var server = new CannedServer(i =>
        {
            _clock.Advance(Tick);
            string body = $$$"""{"label":"{{{Responder.RightLabel}}}","scores":{"x":{{{(i % 10 == 9 ? "0.504" : "0.5005")}}},"y":0.5}}""";
            return Canned.Of($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        });
        File.WriteAllLines(_folder.File("reference.jsonl"), ["""{"scores":{"x":0.5,"y":0.5}}""", """{"scores":{"y":0.5,"x":0.5}}"""]);
        var target = new LoadTarget("base", server.Url) { Reference = _folder.File("reference.jsonl") };

        LoadTestResult result = await LoadTester.RunAsync(
            Sample.Options("1", "10s") with { WarmUpShare = 0, ReadsMetrics = false, Log = _folder.File("log/requests.csv") }, [target], Sample.Pairs, _folder.Path, _progress, _clock, default);

        StageResult stage = result.Targets[0].Stages[0];
        Assert.Equal(stage.Outcomes.Requests, stage.Reference!.Compared);
        Assert.Equal(stage.Outcomes.Wrong.Count, stage.Reference.Beyond);
        Assert.Equal(0.1, stage.Reference.BeyondShare, 0.002);
        Assert.Equal(0.004, stage.Reference.Worst, 1e-9);
        Assert.Contains(LoadTestReport.Lead(result), line => line.StartsWith("10 % of base's answers have a score further from the reference than 0.001, the furthest by 0.004", StringComparison.Ordinal));
        string[] log = File.ReadAllLines(_folder.File("log/requests.csv"));
        Assert.Equal(result.Targets[0].Whole.Requests, log.Length - 1);
        Assert.Equal(new RequestLogFigures(log.Length - 1, 0), result.Log);
        Assert.Equal(result.Targets[0].Whole.Wrong.Count, log.Count(line => line.Contains(",wrong,200,", StringComparison.Ordinal)));
    }

    /// <summary>A run that should not take a second; the limit only keeps a broken one from hanging the suite.</summary>
    private Task<LoadTestResult> RunAsync(Responder server, LoadTestOptions options) =>
        LoadTester.RunAsync(options, [new LoadTarget("base", server.Url)], Sample.Pairs, _folder.Path, _progress, _clock, default).WaitAsync(TimeSpan.FromSeconds(60));

    /// <summary>Within the histogram's 1 %.</summary>
    private sealed class AboutEqual : IEqualityComparer<(double A, double B, double C)>
    {
        public bool Equals((double A, double B, double C) x, (double A, double B, double C) y) =>
            Math.Abs(x.A - y.A) <= 0.01 * x.A && Math.Abs(x.B - y.B) <= 0.01 * x.B && Math.Abs(x.C - y.C) <= 0.01 * x.C;

        public int GetHashCode((double A, double B, double C) obj) => 0;
    }
}
