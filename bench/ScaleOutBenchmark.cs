using System.Globalization;
using Endpoints.Deployment.Tests.ScaleOut;
using Endpoints.LoadTest;
using Endpoints.LoadTest.Profiles;
using Endpoints.LoadTest.Progress;
using Endpoints.LoadTest.Results;
using Endpoints.Tests;
using Spectre.Console;

namespace Endpoints.Bench;

/// <summary>One and two server processes, asked directly and through nginx with the files of docs/proxy: what a request costs in each process.</summary>
internal static class ScaleOutBenchmark
{
    private const int Users = 16;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(8);

    public static void Run(Report report)
    {
        report.Heading("Scale-out");
        if (Programs.Missing("nginx", "apt-get install nginx") is { } missing)
        {
            report.Note(missing);
            return;
        }

        report.Note(
            $"A model that computes next to nothing, {Users} users for {Length.TotalSeconds} s, all processes on this machine: they share its processors, so the processor time of a request "
            + "carries over to other machines and the answers a second do not.");
        report.Columns("servers", "answers/s", "p50 ms", "p95 ms", "server us", "proxy us", "tester us", "failed");
        RunAsync(report).GetAwaiter().GetResult();
        report.End();
    }

    private static async Task RunAsync(Report report)
    {
        using var folder = new TemporaryFolder();
        string model = ServerProcess.SaveTrivialModel(folder.File("model"));
        using var first = new ServerProcess(model);
        using var second = new ServerProcess(model);
        await Task.WhenAll(first.StartAsync(), second.StartAsync());
        foreach (ServerProcess[] servers in (ServerProcess[][])[[first], [first, second]])
        {
            await MeasureAsync(report, folder, servers, null);
            using var proxy = new NginxProxy(servers.Select(server => server.Port));
            await proxy.StartedAsync();
            await MeasureAsync(report, folder, servers, proxy);
        }
    }

    private static async Task MeasureAsync(Report report, TemporaryFolder folder, ServerProcess[] servers, NginxProxy? proxy)
    {
        Uri[] addresses = proxy is null ? [.. servers.Select(server => server.Address)] : [proxy.Address];
        TimeSpan serversBefore = Sum(servers), proxyBefore = proxy?.CpuTime() ?? TimeSpan.Zero, testerBefore = Environment.CpuUsage.TotalTime;
        TargetResult[] results = await Task.WhenAll(addresses.Select((address, index) => LoadAsync(address, Users / addresses.Length, folder.File($"load-{index}"))));
        double answers = results.Sum(result => result.Whole.Ok.Count);
        StageResult[] stages = [.. results.Select(result => result.Stages.Single())];
        report.Row(
            $"{servers.Length} {(proxy is null ? "directly" : "through nginx")}",
            Text(stages.Sum(stage => stage.OkPerSecond), "N0"),
            Text(stages.Max(stage => stage.Outcomes.Ok.LatencyMs!.P50), "F2"),
            Text(stages.Max(stage => stage.Outcomes.Ok.LatencyMs!.P95), "F2"),
            Text((Sum(servers) - serversBefore).TotalMicroseconds / answers, "F1"),
            proxy is null ? "" : Text((proxy.CpuTime() - proxyBefore).TotalMicroseconds / answers, "F1"),
            Text((Environment.CpuUsage.TotalTime - testerBefore).TotalMicroseconds / answers, "F1"),
            Text(results.Sum(result => result.Whole.Failed), "N0"));
    }

    private static async Task<TargetResult> LoadAsync(Uri address, int users, string folder)
    {
        var options = new LoadTestOptions { Profile = new LoadProfile([new LoadStage(users, Length)]), ReadsMetrics = false };
        var target = new LoadTarget("servers", new Uri(address, $"/endpoints/{ServerProcess.Endpoint}/invoke"));
        IAnsiConsole silent = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null), Interactive = InteractionSupport.No });
        LoadTestResult result = await ConsoleProgress.RunAsync(
            silent, progress => LoadTester.RunAsync(options, [target], [new LoadPair("a dog runs on the beach", "an animal moves")], folder, progress, TimeProvider.System, CancellationToken.None));
        return result.Targets.Single();
    }

    private static TimeSpan Sum(ServerProcess[] servers) => servers.Aggregate(TimeSpan.Zero, (sum, server) => sum + server.CpuTime());

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
