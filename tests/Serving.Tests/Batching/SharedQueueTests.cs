using System.Net;
using System.Text;
using System.Text.Json;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Serving.Admission;
using Endpoints.Serving.Options;
using Endpoints.Serving.Tests.Support;

namespace Endpoints.Serving.Tests.Batching;

/// <summary><c>one</c> and <c>two</c> run the same network; their rows wait in one queue, and each counts its own.</summary>
public sealed class SharedQueueTests
{
    [Fact]
    public async Task BothNames_RowsFormOneBatch_AndEachCountsItsOwn()
    {
        await using TestHost host = await StartAsync();
        host.Engine.Hold();
        Task<HttpResponseMessage> running = host.PostAsync(TestHost.Body(5), "/endpoints/one/invoke");
        await host.Engine.BatchStarted();
        Task<HttpResponseMessage>[] one = await host.QueueAsync("one", TestHost.Body(6), TestHost.Many(7, 8));
        Task<HttpResponseMessage>[] two = await host.QueueAsync("two", TestHost.Body(9));

        Assert.Equal((4, 3, 1), (host.Endpoint("one").Load.Rows, host.Endpoint("one").Load.QueuedRows, host.Endpoint("one").Load.InFlightRows));
        Assert.Equal((1, 1, 0), (host.Endpoint("two").Load.Rows, host.Endpoint("two").Load.QueuedRows, host.Endpoint("two").Load.InFlightRows));
        host.Engine.Release();
        HttpResponseMessage[] answers = await Task.WhenAll([running, .. one, .. two]);

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal("two", (await TestHost.JsonOf(answers[^1])).GetProperty("endpoint").GetString());
        Assert.Equal([[5], [6, 7, 8, 9]], host.Engine.Batches.Select(batch => batch.RowLengths));
        Dictionary<string, double> samples = await Scrape.OfAsync(host);
        foreach ((string name, int requests, int rows, int batches, int tokens) in ((string, int, int, int, int)[])[("one", 3, 4, 2, 26), ("two", 1, 1, 1, 9)])
        {
            Assert.Equal(requests, samples[$$"""endpoints_requests_total{endpoint="{{name}}",outcome="ok"}"""]);
            Assert.Equal(rows, samples[$$"""endpoints_batch_rows_sum{endpoint="{{name}}"}"""]);
            Assert.Equal(batches, samples[$$"""endpoints_batch_rows_count{endpoint="{{name}}"}"""]);
            Assert.Equal(tokens, samples[$$"""endpoints_real_tokens_total{endpoint="{{name}}"}"""]);
            Assert.Equal(tokens, samples[$$"""endpoints_computed_tokens_total{endpoint="{{name}}"}"""]);
            Assert.Equal((0, 0), (samples[$$"""endpoints_queue_depth{endpoint="{{name}}"}"""], samples[$$"""endpoints_in_flight{endpoint="{{name}}"}"""]));
        }

        Assert.Equal((0, 0, 0L), (host.Endpoint("one").Queue.Load.Rows, host.Endpoint("one").Queue.Load.QueuedRows, host.Endpoint("one").Queue.Load.Waiting().Tokens));
    }

    [Fact]
    public async Task Concurrency_OfEachName_IsItsOwn()
    {
        await using TestHost host = await StartAsync(("Endpoints:ByName:one:MaxConcurrency", "1"), ("Endpoints:ByName:two:MaxConcurrency", "2"), ("Endpoints:Server:MaxPairs", "1"));
        host.Engine.Hold();
        Task<HttpResponseMessage> running = host.PostAsync(TestHost.Body(), "/endpoints/one/invoke");
        await host.Engine.BatchStarted();
        Task<HttpResponseMessage>[] queued = await host.QueueAsync("two", TestHost.Body(), TestHost.Body());

        foreach (string name in (string[])["one", "two"])
        {
            await TestHost.AssertProblem(await host.PostAsync(TestHost.Body(), $"/endpoints/{name}/invoke"), HttpStatusCode.TooManyRequests, $"Endpoint '{name}' is busy: this request would make it hold more than");
        }

        host.Engine.Release();
        await Task.WhenAll([running, .. queued]);
        Dictionary<string, double> samples = await Scrape.OfAsync(host);
        Assert.Equal(1, samples["""endpoints_throttled_total{endpoint="one",reason="concurrency"}"""]);
    }

    [Theory]
    [InlineData("MaxBatchRows", "8", false)]
    [InlineData("MaxBatchTokens", "100", false)]
    [InlineData("MaxBatchDuration", "00:00:00.020", false)]
    [InlineData("MaxLength", "20", false)]
    [InlineData("Precision", "int8", false)]
    [InlineData("Weight", "3", true)]
    [InlineData("MaxQueueDelay", "00:00:01", true)]
    [InlineData("OnTooLong", "Refuse", true)]
    public async Task Settings_ThatConcernBatches_PartTheQueues(string setting, string value, bool isShared)
    {
        await using TestHost host = await StartAsync(($"Endpoints:ByName:two:{setting}", value), ("Endpoints:Defaults:Precision", "float32"));

        Assert.Equal(isShared, ReferenceEquals(host.Endpoint("one").Queue, host.Endpoint("two").Queue));
        JsonElement two = await TestHost.JsonOf(await host.Client.GetAsync("/endpoints/two"));
        Assert.Equal(isShared ? ["one"] : null, two.TryGetProperty("sharesQueueWith", out JsonElement names) ? names.EnumerateArray().Select(name => name.GetString()) : null);
        Assert.False((await TestHost.JsonOf(await host.Client.GetAsync("/endpoints/half"))).TryGetProperty("sharesQueueWith", out _));
    }

    [Fact]
    public async Task Weights_OfBothNames_AddUp()
    {
        await using TestHost host = await StartAsync(("Endpoints:ByName:one:Weight", "2"), ("Endpoints:ByName:two:Weight", "0.5"));

        Assert.Equal(2.5, host.Endpoint("one").Queue.Share.Weight);
        (await PutAsync(host, "one", """{"of": "one", "settings": {"Weight": 4}}""")).Dispose();
        Assert.Equal(4.5, host.Endpoint("two").Queue.Share.Weight);
        (await host.Client.DeleteAsync("/endpoints/two")).Dispose();
        Assert.Equal(4, host.Endpoint("one").Queue.Share.Weight);
    }

    [Fact]
    public async Task OneNameGoes_TheOtherServesOn()
    {
        await using TestHost host = await StartAsync();
        host.Engine.Hold();
        Task<HttpResponseMessage> inside = host.PostAsync(TestHost.Body(5), "/endpoints/two/invoke");
        await host.Engine.BatchStarted();
        Task<HttpResponseMessage>[] queued = [.. await host.QueueAsync("two", TestHost.Body(6)), .. await host.QueueAsync("one", TestHost.Body(7))];

        // Its requests are inside the queue that the other one goes on using.
        Task<HttpResponseMessage> deleting = host.Client.DeleteAsync("/endpoints/two");
        await TestHost.Until(() => host.Endpoint("two") is null);
        host.Engine.Release();

        Assert.All(await Task.WhenAll([inside, .. queued]), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(HttpStatusCode.NoContent, (await deleting).StatusCode);
        Assert.Equal([[5], [6, 7]], host.Engine.Batches.Select(batch => batch.RowLengths));
        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync(TestHost.Body(), "/endpoints/one/invoke")).StatusCode);
        Assert.Equal(0, host.Engine.Released);
    }

    [Fact]
    public async Task Put_NameOfANetworkThatIsServed_JoinsItsQueueWithoutAWarmUp()
    {
        await using TestHost host = await StartAsync();
        host.Engine.Batches.Clear();

        using HttpResponseMessage added = await PutAsync(host, "three", """{"of": "half", "subNetwork": "small:l=1,h=1,u=8"}""");

        Assert.Equal(HttpStatusCode.Created, added.StatusCode);
        Assert.Empty(host.Engine.Batches);
        Assert.Same(host.Endpoint("half").Queue, host.Endpoint("three").Queue);
        Assert.Equal(["half"], (await TestHost.JsonOf(added)).GetProperty("sharesQueueWith").EnumerateArray().Select(name => name.GetString()));
        (await PutAsync(host, "three", """{"of": "one"}""")).Dispose();
        Assert.Same(host.Endpoint("one").Queue, host.Endpoint("three").Queue);
        Assert.Equal("half", host.Endpoint("half").Queue.Terms.Names);
        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync(TestHost.Body(), "/endpoints/three/invoke")).StatusCode);
    }

    /// <summary>A row of 80 tokens takes 5 ms alone; a batch holds twelve, in 49 ms.</summary>
    [Fact]
    public void HalfTheLoadOnEach_HoldsWhatOneAtFullLoadHolds()
    {
        const double PerSecond = 235, Seconds = 60;
        Arrival[] arrivals = [.. LaneSimulation.Poisson(0, PerSecond, Seconds, 80, 1)];
        Arrival[] halves = [.. arrivals.Select((arrival, i) => arrival with { Endpoint = i % 2 })];

        List<Fate> alone = new LaneSimulation(new EndpointOptions()).Run(arrivals);
        List<Fate> together = new LaneSimulation(oneQueue: true, new EndpointOptions(), new EndpointOptions()).Run(halves);
        List<Fate> apart = new LaneSimulation(new EndpointOptions(), new EndpointOptions()).Run(halves);

        // One queue under two names is the queue under one: request by request.
        Assert.Equal(alone.Select(Outcome), together.Select(Outcome));
        Assert.True(alone.Count(fate => fate.IsComputed) > 0.95 * alone.Count, "The load is more than the lane holds.");
        Assert.True(
            apart.Count(fate => fate.IsComputed) < together.Count(fate => fate.IsComputed), $"Two queues answered {apart.Count(fate => fate.IsComputed)}, one {together.Count(fate => fate.IsComputed)}.");
    }

    private static (ThrottleReason?, double?) Outcome(Fate fate) => (fate.Refused, fate.IsComputed ? fate.Latency : null);

    private static Task<HttpResponseMessage> PutAsync(TestHost host, string name, string body) =>
        host.Client.PutAsync($"/endpoints/{name}", new StringContent(body, Encoding.UTF8, "application/json"));

    // half is a cut of its own.
    private static Task<TestHost> StartAsync(params (string Key, string Value)[] configuration)
    {
        var tokenizer = new FakeTokenizer();
        Checkpoint checkpoint = TestHost.CheckpointOf(TestHost.Config, tokenizer);
        SubNetwork full = SubNetwork.Full(TestHost.Config);
        return TestHost.StartAsync(
            new FakeEngine(),
            tokenizer,
            [new("one", checkpoint, full), new("two", checkpoint, full), new("half", checkpoint, SubNetwork.Small(TestHost.Config, 1, 1, 8))],
            TestHost.Settings(null, [("Endpoints:Defaults:MaxQueueDelay", "00:01:00"), .. configuration]));
    }
}
