using System.Net;
using System.Text.Json;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Serving.Admission;
using Endpoints.Serving.Tests.Support;
using Microsoft.AspNetCore.Builder;

namespace Endpoints.Serving.Tests.Lifetime;

public sealed class HealthTests
{
    [Fact]
    public async Task Warming_IsLiveButNotReadyAndInvocationsGet503()
    {
        var engine = new FakeEngine();
        Checkpoint checkpoint = TestHost.CheckpointOf(TestHost.Config, new FakeTokenizer());
        engine.Hold();
        await using WebApplication app = ServingHost.Build(
            engine, [new("base", checkpoint, SubNetwork.Full(TestHost.Config))], TestHost.Settings(null));
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/live")).StatusCode);
        using HttpResponseMessage ready = await client.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal("warming", (await TestHost.JsonOf(ready)).GetProperty("status").GetString());
        using HttpResponseMessage refused = await client.PostAsync("/invoke", new StringContent(TestHost.Body(), System.Text.Encoding.UTF8, "application/json"));
        await TestHost.AssertProblem(refused, HttpStatusCode.ServiceUnavailable, "The server is warming");
        Assert.Equal("1", refused.Headers.GetValues("Retry-After").Single());

        engine.Release();
        await ServingHost.WaitUntilReadyAsync(app, CancellationToken.None).WaitAsync(TestHost.Patience);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/ready")).StatusCode);
        await app.StopAsync();
    }

    [Fact]
    public async Task QueueFull_HealthAnswersAllTheSame()
    {
        await using TestHost host = await TestHost.StartAsync(("Endpoints:Defaults:MaxConcurrency", "2"), ("Endpoints:Server:MaxPairs", "2"));
        host.Engine.Hold();
        Task<HttpResponseMessage> running = host.PostAsync(TestHost.Many(6, 6));
        await host.Engine.BatchStarted();

        Assert.Equal(HttpStatusCode.TooManyRequests, (await host.PostAsync(TestHost.Body())).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/health/live")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/health/ready")).StatusCode);
        host.Engine.Release();
        await running;
    }

    [Fact]
    public async Task LaneStuckInABatch_NotReadyWithTheReasonUntilItMoves()
    {
        var time = new ManualTimeProvider();
        await using TestHost host = await TestHost.StartAsync(new FakeEngine(), time, ("Endpoints:Watchdog:Minimum", "00:00:02"));
        host.Engine.Hold();
        Task<HttpResponseMessage> running = host.PostAsync(TestHost.Body());
        await host.Engine.BatchStarted();

        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/health/ready")).StatusCode);
        time.Advance(TimeSpan.FromSeconds(0.5));
        foreach (string path in (string[])["/health/ready", "/endpoints/base/ready"])
        {
            using HttpResponseMessage stuck = await host.Client.GetAsync(path);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, stuck.StatusCode);
            JsonElement body = await TestHost.JsonOf(stuck);
            Assert.Equal("stuck", body.GetProperty("status").GetString());
            Assert.Equal("Lane 0 has been in one batch for 2.5 s, which was expected to take 0.000 s.", body.GetProperty("reason").GetString());
        }

        Assert.Equal(0, (await Scrape.OfAsync(host))["endpoints_ready"]);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/health/live")).StatusCode);

        host.Engine.Release();
        Assert.Equal(HttpStatusCode.OK, (await running).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/health/ready")).StatusCode);
        Assert.Equal(1, (await Scrape.OfAsync(host))["endpoints_ready"]);
    }

    [Fact]
    public async Task LongBatch_WithinTheFactorOfItsPrediction_IsNotStuck()
    {
        var time = new ManualTimeProvider();
        var engine = new FakeEngine { OnBatch = batch => time.Advance(TimeSpan.FromSeconds(batch.TokenCount)) };
        await using TestHost host = await TestHost.StartAsync(engine, time, ("Endpoints:Watchdog:Factor", "10"), ("Endpoints:Defaults:MaxQueueDelay", "00:10:00"));
        engine.OnBatch = _ => { };
        engine.Hold();
        Task<HttpResponseMessage> running = host.PostAsync(TestHost.Body(tokens: 6));
        await engine.BatchStarted();

        time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/health/ready")).StatusCode);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.Client.GetAsync("/health/ready")).StatusCode);
        host.Engine.Release();
        await running;
    }

    [Fact]
    public async Task EndpointReady_UnknownName_Is404()
    {
        await using TestHost host = await TestHost.StartAsync();

        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/endpoints/base/ready")).StatusCode);
        using HttpResponseMessage unknown = await host.Client.GetAsync("/endpoints/nobody/ready");
        await TestHost.AssertProblem(unknown, HttpStatusCode.NotFound, "There is no endpoint 'nobody'; the endpoints are: base.");
    }

    [Fact]
    public async Task Live_EveryEndpointFull_AnswersAThousandProbesWithoutTheQueue()
    {
        await using TestHost host = await TestHost.StartPairAsync(
            new FakeEngine(), null, ("Endpoints:Defaults:MaxConcurrency", "2"), ("Endpoints:Server:MaxPairs", "2"));
        host.Engine.Hold();
        Task<HttpResponseMessage> running = host.PostAsync(TestHost.Many(6, 6));
        await host.Engine.BatchStarted();
        Task<HttpResponseMessage>[] queued = await host.QueueAsync("pruned", TestHost.Many(6, 6));
        int batches = host.Engine.Batches.Count;

        await Parallel.ForAsync(0, 1_000, async (i, cancellationToken) =>
        {
            using HttpResponseMessage probe = await host.Client.GetAsync(i % 2 == 0 ? "/health/live" : "/health/ready", cancellationToken);
            Assert.Equal(HttpStatusCode.OK, probe.StatusCode);
        });

        Assert.Equal(batches, host.Engine.Batches.Count);
        host.Engine.Release();
        Assert.All(await Task.WhenAll([running, .. queued]), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    [Fact]
    public async Task WarmUp_RunsTheLongestRowAndTheFullestBatchOnEveryLane()
    {
        var engine = new FakeEngine(laneCount: 2);
        await using TestHost host = await TestHost.StartAsync(engine, null, ("Endpoints:Defaults:MaxBatchTokens", "300"));

        foreach (int lane in new[] { 0, 1 })
        {
            SeenBatch[] batches = [.. engine.Batches.Where(batch => batch.Lane == lane)];
            Assert.Equal([64], batches[0].RowLengths);
            Assert.Contains(batches, batch => batch.RowLengths.SequenceEqual([64, 64, 64, 64]));
            Assert.Contains(batches, batch => batch.RowLengths.SequenceEqual([8]));
        }

        Assert.True(host.Endpoint().Cost.Terms.Seconds(new Work(1, 64, 64 * 64)) > 0);
    }
}
