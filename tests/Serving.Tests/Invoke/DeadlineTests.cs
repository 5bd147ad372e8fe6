using System.Net;
using System.Text.Json;
using Endpoints.Serving.Tests.Support;

namespace Endpoints.Serving.Tests.Invoke;

/// <summary>Here a token costs exactly 1 ms of a clock that stands still while a batch is held.</summary>
public sealed class DeadlineTests
{
    [Fact]
    public async Task Deadline_PassesInsideABatchTenTimesAsLong_Is504AtOnceAndNeverComputed()
    {
        (TestHost host, ManualTimeProvider time) = await StartAsync();
        await using TestHost _ = host;
        host.Engine.Hold();
        Task<HttpResponseMessage> running = host.PostAsync(TestHost.Body(6, word: 10));
        await host.Engine.BatchStarted();
        Task<HttpResponseMessage> queued = (await host.QueueAsync("base", WithTerms(TestHost.Body(6, word: 20), "\"deadline_ms\": 20")))[0];
        await TestHost.Until(() => time.Waiting == 1);

        // The batch goes on for ever, as far as the request can see.
        time.Advance(TimeSpan.FromMilliseconds(19));
        Assert.False(queued.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));

        JsonElement problem = await TestHost.AssertProblem(await queued, HttpStatusCode.GatewayTimeout, "Endpoint 'base' had no answer within the limit of 20 ms.");
        Assert.Equal("deadline_passed", problem.GetProperty("reason").GetString());
        Assert.Equal(0, host.Endpoint().Load.QueuedRows);
        host.Engine.Release();
        Assert.Equal(HttpStatusCode.OK, (await running).StatusCode);
        Assert.Equal([10], host.Engine.Batches.Select(batch => batch.FirstWords.Single()));
        Dictionary<string, double> samples = await Scrape.OfAsync(host);
        Assert.Equal(1, samples["""endpoints_late_total{endpoint="base",reason="passed"}"""]);
        Assert.Equal(1, samples["""endpoints_requests_total{endpoint="base",outcome="timeout"}"""]);
    }

    [Fact]
    public async Task Deadline_PredictedFinishIsPastIt_Is504WithoutBeingTokenized()
    {
        (TestHost host, _) = await StartAsync();
        await using TestHost __ = host;
        host.Engine.Hold();
        Task<HttpResponseMessage> running = host.PostAsync(TestHost.Body(40));
        await host.Engine.BatchStarted();
        int tokenized = host.Tokenizer.Calls;

        // 40 ms are left of the batch, and a few are its own.
        using HttpResponseMessage refused = await host.PostAsync(WithTerms(TestHost.Body(6), "\"deadline_ms\": 42"));

        JsonElement problem = await TestHost.AssertProblem(refused, HttpStatusCode.GatewayTimeout, "and the limit is 42 ms; it was not computed.");
        Assert.Equal("deadline_unreachable", problem.GetProperty("reason").GetString());
        Assert.Equal((tokenized, 1), (host.Tokenizer.Calls, host.Endpoint().Load.Rows));
        Task<HttpResponseMessage> taken = (await host.QueueAsync("base", WithTerms(TestHost.Body(6), "\"deadline_ms\": 60")))[0];
        host.Engine.Release();
        Assert.Equal(HttpStatusCode.OK, (await taken).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await running).StatusCode);
        Assert.Equal(1, (await Scrape.OfAsync(host))["""endpoints_late_total{endpoint="base",reason="unreachable"}"""]);
    }

    [Fact]
    public async Task Deadline_ShorterThanAnIdleEndpointNeeds_IsTriedOnceAMomentHasPassedWithoutABatch()
    {
        (TestHost host, ManualTimeProvider time) = await StartAsync();
        await using TestHost _ = host;
        using HttpResponseMessage first = await host.PostAsync(TestHost.Body(6));
        using HttpResponseMessage refused = await host.PostAsync(WithTerms(TestHost.Body(50), "\"deadline_ms\": 5"));
        Assert.Equal(HttpStatusCode.GatewayTimeout, refused.StatusCode);
        int batches = host.Engine.Batches.Count;

        // The cost model may be wrong by now, and only a batch can tell.
        time.Advance(TimeSpan.FromSeconds(1));
        using HttpResponseMessage probe = await host.PostAsync(WithTerms(TestHost.Body(50), "\"deadline_ms\": 5"));

        Assert.Equal(HttpStatusCode.GatewayTimeout, probe.StatusCode);
        await TestHost.Until(() => host.Engine.Batches.Count == batches + 1);
    }

    [Fact]
    public async Task Header_DeadlineAndPriority_CountUnlessTheBodySaysOtherwise()
    {
        (TestHost host, ManualTimeProvider time) = await StartAsync();
        await using TestHost _ = host;
        host.Engine.Hold();
        Task<HttpResponseMessage> running = host.PostAsync(TestHost.Body(6));
        await host.Engine.BatchStarted();
        Task<HttpResponseMessage> normal = (await host.QueueAsync("base", TestHost.Body(6, word: 1)))[0];
        host.Client.DefaultRequestHeaders.Add("X-Deadline-Ms", "30");
        host.Client.DefaultRequestHeaders.Add("X-Priority", "high");
        Task<HttpResponseMessage> high = (await host.QueueAsync("base", TestHost.Body(6, word: 2)))[0];
        Task<HttpResponseMessage> low = (await host.QueueAsync("base", WithTerms(TestHost.Body(6, word: 3), "\"deadline_ms\": 3000, \"priority\": \"low\"")))[0];

        time.Advance(TimeSpan.FromMilliseconds(29));
        Assert.False(high.IsCompleted);
        host.Engine.Release();

        Assert.All(await Task.WhenAll(running, normal, low), response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        Assert.Equal(HttpStatusCode.GatewayTimeout, (await high).StatusCode);
        Assert.Equal([1, 3], host.Engine.Batches.Last().FirstWords);
    }

    [Fact]
    public async Task Priority_HigherOnes_AreComputedFirst()
    {
        (TestHost host, _) = await StartAsync();
        await using TestHost __ = host;
        host.Engine.Hold();
        Task<HttpResponseMessage> running = host.PostAsync(TestHost.Body(6));
        await host.Engine.BatchStarted();

        Task<HttpResponseMessage>[] queued = await host.QueueAsync(
            "base",
            WithTerms(TestHost.Body(6, word: 1), "\"priority\": \"low\""),
            TestHost.Body(6, word: 2),
            WithTerms(TestHost.Body(6, word: 3), "\"priority\": \"high\""));
        host.Engine.Release();

        Assert.All(await Task.WhenAll([running, .. queued]), response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        Assert.Equal([3, 2, 1], host.Engine.Batches.Last().FirstWords);
    }

    [Theory]
    [InlineData("\"deadline_ms\": 0", "deadline_ms must be a number of milliseconds from 1 to 3600000, another number was found.")]
    [InlineData("\"deadline_ms\": 1e999", "deadline_ms must be a number of milliseconds from 1 to 3600000, another number was found.")]
    [InlineData("\"deadline_ms\": \"5\"", "deadline_ms must be a number of milliseconds from 1 to 3600000, a string was found.")]
    [InlineData("\"deadline_ms\": 5, \"deadline_ms\": 5", "deadline_ms appears twice.")]
    [InlineData("\"priority\": \"urgent\"", "priority must be high, normal or low, another text was found.")]
    [InlineData("\"min_accuracy\": 1.5", "min_accuracy must be a number from 0 to 1, another number was found.")]
    [InlineData("\"min_accuracy\": null", "min_accuracy must be a number from 0 to 1, null was found.")]
    [InlineData("\"priority\": 1", "priority must be high, normal or low, a number was found.")]
    [InlineData("\"priority\": \"low\", \"priority\": \"low\"", "priority appears twice.")]
    public async Task Body_WrongTerms_Is400ThatSaysWhy(string terms, string detail)
    {
        (TestHost host, _) = await StartAsync();
        await using TestHost __ = host;

        await TestHost.AssertProblem(await host.PostAsync(WithTerms(TestHost.Body(), terms)), HttpStatusCode.BadRequest, detail);
    }

    [Theory]
    [InlineData("X-Deadline-Ms", "soon", "The header X-Deadline-Ms must be a number of milliseconds from 1 to 3600000.")]
    [InlineData("X-Deadline-Ms", "NaN", "The header X-Deadline-Ms must be")]
    [InlineData("X-Deadline-Ms", "0.5", "The header X-Deadline-Ms must be")]
    [InlineData("X-Min-Accuracy", "2", "The header X-Min-Accuracy must be a number from 0 to 1.")]
    [InlineData("X-Priority", "urgent", "The header X-Priority must be high, normal or low.")]
    public async Task Header_Wrong_Is400ThatSaysWhy(string name, string value, string detail)
    {
        (TestHost host, _) = await StartAsync();
        await using TestHost __ = host;
        host.Client.DefaultRequestHeaders.Add(name, value);

        await TestHost.AssertProblem(await host.PostAsync(TestHost.Body()), HttpStatusCode.BadRequest, detail);
    }

    private static string WithTerms(string body, string terms) => $"{body[..^1]}, {terms}}}";

    private static async Task<(TestHost Host, ManualTimeProvider Time)> StartAsync()
    {
        var time = new ManualTimeProvider();
        var engine = new FakeEngine { OnBatch = batch => time.Advance(TimeSpan.FromMilliseconds(batch.TokenCount)) };
        return (await TestHost.StartAsync(engine, time), time);
    }
}
