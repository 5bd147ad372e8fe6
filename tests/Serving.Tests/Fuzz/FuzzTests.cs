using System.Net;
using System.Text;
using Endpoints.Serving.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Endpoints.Serving.Tests.Fuzz;

/// <summary>Whatever comes over a connection, the server answers or closes, fails at nothing, loses nothing, and serves the next client.</summary>
public sealed class FuzzTests
{
    [Fact]
    public async Task Fixed_EveryHostileRequest_IsRefusedOrAnsweredAndNothingFails()
    {
        using var logs = new CapturedLogs();
        await using TestHost host = await StartAsync(logs);

        foreach ((string name, byte[] request) in HostileCorpus.Fixed)
        {
            await SendAsync(host, name, request);
        }

        await AssertUnharmedAsync(host, logs);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Mutated_RandomWounds_AreRefusedOrAnsweredAndNothingFails(int seed)
    {
        using var logs = new CapturedLogs();
        await using TestHost host = await StartAsync(logs);
        var random = new Random(seed);
        byte[][] requests = [.. Enumerable.Range(0, 250).Select(_ => HostileCorpus.Mutated(random))];

        await Parallel.ForAsync(0, requests.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
            await SendAsync(host, $"seed {seed}, request {i}", requests[i]));

        await AssertUnharmedAsync(host, logs);
    }

    private static async Task SendAsync(TestHost host, string name, byte[] request)
    {
        using var patience = new CancellationTokenSource(TestHost.Patience);
        string answer = await HostileClient.SendAsync(host.Address, request, patience.Token);
        string? fault = HostileClient.Fault(answer);
        Assert.True(fault is null, $"{name}: the answer {fault}: {answer}\nto: {Encoding.Latin1.GetString(request.AsSpan(0, Math.Min(500, request.Length)))}");

        // What the server's own code refuses is refused with an object.
        if (answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal) && answer.Contains("Content-Type:", StringComparison.OrdinalIgnoreCase))
        {
            Assert.True(answer.Contains("json", StringComparison.Ordinal), $"{name}: {answer}");
        }
    }

    private static async Task AssertUnharmedAsync(TestHost host, CapturedLogs logs)
    {
        await TestHost.Until(() => host.Endpoint().Load.Rows == 0);
        using HttpResponseMessage answer = await host.PostAsync(TestHost.Body());
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.DoesNotContain(logs.Lines, line => line.Contains(" Error ", StringComparison.Ordinal) || line.Contains(" Critical ", StringComparison.Ordinal));
        Dictionary<string, double> samples = await Scrape.OfAsync(host);
        Assert.Equal(0, samples["""endpoints_queue_depth{endpoint="base"}"""]);
        Assert.Equal(0, samples["""endpoints_in_flight{endpoint="base"}"""]);
        Assert.Equal(Sum("endpoints_requests_total"), Sum("endpoints_responses_total"));

        double Sum(string name) => samples.Where(sample => sample.Key.StartsWith(name, StringComparison.Ordinal)).Sum(sample => sample.Value);
    }

    private static Task<TestHost> StartAsync(CapturedLogs logs)
    {
        var tokenizer = new FakeTokenizer();
        ServingSettings settings = TestHost.Settings(null, ("Logging:LogLevel:Default", "Information"), ("Logging:LogLevel:Microsoft.AspNetCore", "Warning"));
        return TestHost.StartAsync(
            new FakeEngine(), tokenizer, TestHost.Base(tokenizer), settings with { ConfigureLogging = logging => logging.ClearProviders().AddProvider(logs) });
    }
}
