using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;
using Endpoints.Serving.Tests.Support;
using Endpoints.Tests;
using Microsoft.Extensions.Logging;

namespace Endpoints.Serving.Tests.Logging;

public sealed class LoggingTests
{
    [Theory]
    [InlineData(LogLevel.Debug, 3)]
    [InlineData(LogLevel.Information, 0)]
    public async Task Requests_AtEachLevel_HaveOneLineAtDebugAndNoneAbove(LogLevel level, int expected)
    {
        using var logs = new CapturedLogs();
        await using TestHost host = await StartAsync(logs, level);

        (await host.PostAsync(TestHost.Body())).Dispose();
        (await host.PostAsync(TestHost.Many(6, 6))).Dispose();
        (await host.PostAsync("{}")).Dispose();

        Assert.Equal(expected, logs.Lines.Count(line => line.StartsWith("Endpoints.Serving.Invoke", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Texts_AtTheFinestLevel_AreNeverLogged()
    {
        using var logs = new CapturedLogs();
        await using TestHost host = await StartAsync(logs, LogLevel.Trace);
        host.Engine.OnBatch = batch => _ = batch.Count == 2 ? throw new InvalidOperationException("engine") : 0;

        foreach (string body in new[]
        {
            """{"premise": "secret one", "hypothesis": "secret two"}""",
            """{"pairs": [{"text": "secret three"}, {"text": "secret four"}]}""",
            """{"premise": "secret five", "hypothesis": 1}""",
            """{"premise": "secret six""",
            """{"premise": "secret \ud800", "hypothesis": "b"}""",
        })
        {
            (await host.PostAsync(body)).Dispose();
        }

        Assert.Contains(logs.Lines, line => line.Contains("failed in the engine", StringComparison.Ordinal));
        Assert.DoesNotContain(logs.Lines, line => line.Contains("secret", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Keys_AtTheFinestLevel_AreNeverLogged()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("keys"), "alice secret-of-alice-1 requests=1");
        using var logs = new CapturedLogs();
        await using TestHost host = await StartAsync(logs, LogLevel.Trace, ("Endpoints:Access:KeyFile", folder.File("keys")));
        foreach (string key in (string[])["secret-of-alice-1", "secret-of-alice-1", "secret-of-nobody"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/endpoints") { Headers = { { "X-Api-Key", key } } };
            (await host.Client.SendAsync(request)).Dispose();
        }

        Assert.Equal(2, logs.Lines.Count(line => line.StartsWith("Endpoints.Serving.Access", StringComparison.Ordinal)));
        Assert.DoesNotContain(logs.Lines, line => line.Contains("secret", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Start_EachEndpoint_SaysWhatItRunsIn()
    {
        using var logs = new CapturedLogs();
        await using TestHost host = await StartAsync(logs, LogLevel.Information, ("Endpoints:Defaults:Precision", "int8"));

        Assert.Contains(logs.Lines, line => line.Contains("Endpoint base is warm: full in int8, ", StringComparison.Ordinal));
        Assert.Equal(
            !PrecisionSupport.IsFast(Precision.Int8),
            logs.Lines.Any(line => line.Contains("Endpoint base runs in int8, which is not fast on this processor", StringComparison.Ordinal)));
    }

    private static Task<TestHost> StartAsync(CapturedLogs logs, LogLevel level, params (string Key, string Value)[] configuration)
    {
        var engine = new FakeEngine();
        var tokenizer = new FakeTokenizer();
        Checkpoint checkpoint = TestHost.CheckpointOf(TestHost.Config, tokenizer);
        ServingSettings settings = TestHost.Settings(null, [("Logging:LogLevel:Default", level.ToString()), ("Logging:LogLevel:Microsoft", level.ToString()), .. configuration]);
        return TestHost.StartAsync(
            engine,
            tokenizer,
            [new("base", checkpoint, SubNetwork.Full(TestHost.Config))],
            settings with { ConfigureLogging = logging => logging.ClearProviders().AddProvider(logs) });
    }
}
