using System.Net;
using System.Text.Json;
using Endpoints.Serving.Tests.Support;

namespace Endpoints.Serving.Tests.Admission;

/// <summary>Here a token costs exactly 1 ms of a clock that stands still while a batch is held.</summary>
public sealed class ThrottleTests
{
    private static readonly (string Key, string Value) LongBatches = ("Endpoints:Defaults:MaxBatchDuration", "00:10:00");

    [Fact]
    public async Task QueueDelay_WaitOverThePromise_Is429InAwsShape()
    {
        await using TestHost host = await StartAsync(("Endpoints:Defaults:MaxQueueDelay", "00:00:00.030"));
        host.Engine.Hold();
        Task<HttpResponseMessage> running = host.PostAsync(TestHost.Body(6));
        await host.Engine.BatchStarted();

        // Before each: 6 ms, 16 ms, 26 ms. After the last: 36 ms.
        Task<HttpResponseMessage>[] queued = await host.QueueAsync("base", TestHost.Body(10), TestHost.Body(10), TestHost.Body(10));
        int tokenized = host.Tokenizer.Calls;
        using HttpResponseMessage refused = await host.PostAsync(TestHost.Body(6));

        JsonElement problem = await TestHost.AssertProblem(
            refused, HttpStatusCode.TooManyRequests, "Endpoint 'base' is busy: this request would wait about 36 ms, and the limit is 30 ms.");
        Assert.Equal("queue_delay", problem.GetProperty("reason").GetString());
        Assert.Equal("base", problem.GetProperty("endpoint").GetString());
        Assert.Equal("1", refused.Headers.GetValues("Retry-After").Single());
        Assert.Equal("ThrottlingException", refused.Headers.GetValues("x-amzn-ErrorType").Single());
        Assert.Equal(tokenized, host.Tokenizer.Calls);

        host.Engine.Release();
        Assert.All(await Task.WhenAll([running, .. queued]), response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        using HttpResponseMessage again = await host.PostAsync(TestHost.Body(6));
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    public async Task QueueDelay_RetryAfter_IsTheTimeUntilThePromiseHoldsAgain()
    {
        await using TestHost host = await StartAsync(
            ("Endpoints:Defaults:MaxQueueDelay", "00:00:00.500"), ("Endpoints:Defaults:MaxLength", "64"));
        host.Engine.Hold();
        Task<HttpResponseMessage> running = host.PostAsync(TestHost.Many([.. Enumerable.Repeat(64, 32)]));
        await host.Engine.BatchStarted();

        using HttpResponseMessage refused = await host.PostAsync(TestHost.Body(6));

        // 2,048 ms are left of the batch, 1,548 ms more than promised.
        await TestHost.AssertProblem(refused, HttpStatusCode.TooManyRequests, "would wait about 2048 ms, and the limit is 500 ms. Send it again after 2 s.");
        Assert.Equal("2", refused.Headers.GetValues("Retry-After").Single());
        host.Engine.Release();
        await running;
    }

    [Fact]
    public async Task QueueDelay_BodyNotSentYet_IsRefusedAlready()
    {
        await using TestHost host = await StartAsync(("Endpoints:Defaults:MaxQueueDelay", "00:00:00.005"));
        host.Engine.Hold();
        Task<HttpResponseMessage> running = host.PostAsync(TestHost.Body(6));
        await host.Engine.BatchStarted();

        using var client = new RawClient(host.Address);
        await client.SendAsync("POST /invoke HTTP/1.1\r\nHost: test\r\nContent-Length: 100\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 429", await client.ReadStatusAsync(), StringComparison.Ordinal);
        host.Engine.Release();
        await running;
    }

    [Fact]
    public async Task QueueDelay_OtherEndpointsLongQueue_CostsOnlyItsTurns()
    {
        await using TestHost host = await StartPairAsync(
            ("Endpoints:Defaults:MaxBatchTokens", "20"),
            ("Endpoints:ByName:base:MaxQueueDelay", "00:01:00"),
            ("Endpoints:ByName:pruned:MaxQueueDelay", "00:00:00.030"));
        host.Engine.Hold();
        Task<HttpResponseMessage> running = host.PostAsync(TestHost.Body(6));
        await host.Engine.BatchStarted();

        // 200 tokens wait at base, which has had 6 ms of the lane: pruned is next with a full batch, then base with one of 20 ms, then pruned again.
        Task<HttpResponseMessage>[] onBase = await host.QueueAsync("base", [.. Enumerable.Repeat(TestHost.Body(20), 10)]);
        Task<HttpResponseMessage>[] onPruned = await host.QueueAsync("pruned", TestHost.Body(20));
        using HttpResponseMessage refused = await host.PostAsync(TestHost.Body(10), "/endpoints/pruned/invoke");

        await TestHost.AssertProblem(refused, HttpStatusCode.TooManyRequests, "Endpoint 'pruned' is busy: this request would wait about 46 ms");
        host.Engine.Release();
        Assert.All(await Task.WhenAll([running, .. onBase, .. onPruned]), response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
    }

    [Fact]
    public async Task Concurrency_RowsThatDoNotAllFit_AreRefusedAsAWhole()
    {
        await using TestHost host = await StartAsync(
            ("Endpoints:Defaults:MaxConcurrency", "4"), ("Endpoints:Server:MaxPairs", "4"), ("Endpoints:Defaults:MaxQueueDelay", "00:01:00"));
        host.Engine.Hold();
        Task<HttpResponseMessage> running = host.PostAsync(TestHost.Body(6));
        await host.Engine.BatchStarted();
        Task<HttpResponseMessage>[] queued = await host.QueueAsync("base", TestHost.Body(6));
        int tokenized = host.Tokenizer.Calls;

        using HttpResponseMessage refused = await host.PostAsync(TestHost.Many(6, 6, 6));

        JsonElement problem = await TestHost.AssertProblem(
            refused, HttpStatusCode.TooManyRequests, "Endpoint 'base' is busy: this request would make it hold more than 4 rows.");
        Assert.Equal("concurrency", problem.GetProperty("reason").GetString());
        Assert.Equal(tokenized, host.Tokenizer.Calls);
        Assert.Equal((2, 1, 6L), (host.Endpoint().Load.Rows, host.Endpoint().Load.QueuedRows, host.Endpoint().Load.Waiting().Tokens));

        Task<HttpResponseMessage>[] two = await host.QueueAsync("base", TestHost.Many(6, 6));
        using HttpResponseMessage one = await host.PostAsync(TestHost.Body(6));
        Assert.Equal(HttpStatusCode.TooManyRequests, one.StatusCode);
        host.Engine.Release();
        Assert.All(await Task.WhenAll([running, .. queued, .. two]), response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        Assert.Equal((0, 0L), (host.Endpoint().Load.Rows, host.Endpoint().Load.Waiting().Tokens));
    }

    [Fact]
    public async Task NoDelayPromised_IdleEndpoint_StillAnswers()
    {
        await using TestHost host = await StartAsync(("Endpoints:Defaults:MaxQueueDelay", "0"));

        using HttpResponseMessage response = await host.PostAsync(TestHost.Many(60, 60));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static Task<TestHost> StartAsync(params (string Key, string Value)[] configuration)
    {
        (FakeEngine engine, ManualTimeProvider time) = Clockwork();
        return TestHost.StartAsync(engine, time, [LongBatches, .. configuration]);
    }

    private static Task<TestHost> StartPairAsync(params (string Key, string Value)[] configuration)
    {
        (FakeEngine engine, ManualTimeProvider time) = Clockwork();
        return TestHost.StartPairAsync(engine, time, [LongBatches, .. configuration]);
    }

    private static (FakeEngine Engine, ManualTimeProvider Time) Clockwork()
    {
        var time = new ManualTimeProvider();
        return (new FakeEngine { OnBatch = batch => time.Advance(TimeSpan.FromMilliseconds(batch.TokenCount)) }, time);
    }
}
