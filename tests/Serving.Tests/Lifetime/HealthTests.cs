using System.Net;
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
