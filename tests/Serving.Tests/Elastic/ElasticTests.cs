using System.Net;
using System.Text.Json;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Endpoints.Serving.Tests.Elastic;

/// <summary>Two members: a token of the large one costs 10 ms, of the small one 1 ms, on a clock that stands still while a batch is held.</summary>
public sealed class ElasticTests
{
    [Fact]
    public async Task Idle_MostAccurateMember_AnswersAndIsNamed()
    {
        (TestHost host, _) = await StartAsync();
        await using TestHost disposed = host;

        using HttpResponseMessage response = await host.PostAsync(TestHost.Body(6), "/endpoints/auto/invoke");

        Assert.Equal("large", (await TestHost.JsonOf(response)).GetProperty("endpoint").GetString());
        Assert.Equal(("large", "0.91"), (response.Headers.GetValues("X-Answered-By").Single(), response.Headers.GetValues("X-Accuracy").Single()));
        Dictionary<string, double> samples = await Scrape.OfAsync(host);
        Assert.Equal((1, 0), (samples["""endpoints_elastic_requests_total{endpoint="auto",member="large"}"""], samples["""endpoints_elastic_requests_total{endpoint="auto",member="small"}"""]));
        Assert.Equal(0, samples["""endpoints_elastic_step{endpoint="auto"}"""]);
        JsonElement elastic = (await TestHost.JsonOf(await host.Client.GetAsync("/endpoints"))).GetProperty("elastic").EnumerateArray().Single();
        Assert.Equal(("auto", "large"), (elastic.GetProperty("name").GetString(), elastic.GetProperty("now").GetString()));
    }

    [Theory]
    [InlineData(100, "large")]
    [InlineData(15, "small")]
    public async Task Deadline_MostAccurateMemberThatKeepsIt_Answers(int deadline, string expected)
    {
        (TestHost host, _) = await StartAsync();
        await using TestHost disposed = host;

        // About 6 tokens: 60 ms on the large one.
        using HttpResponseMessage response = await host.PostAsync(With(TestHost.Body(6), $"\"deadline_ms\": {deadline}"), "/endpoints/auto/invoke");

        Assert.Equal(expected, response.Headers.GetValues("X-Answered-By").Single());
    }

    [Theory]
    [InlineData(0.9, "large")]
    [InlineData(0.85, "large")]
    public async Task MinAccuracy_MemberBelowIt_IsNotAsked(double accuracy, string expected)
    {
        (TestHost host, ManualTimeProvider time) = await StartAsync();
        await using TestHost disposed = host;
        await StepDownAsync(host, time);

        string body = FormattableString.Invariant($"\"min_accuracy\": {accuracy}");
        using HttpResponseMessage response = await host.PostAsync(With(TestHost.Body(6), body), "/endpoints/auto/invoke");

        Assert.Equal(expected, response.Headers.GetValues("X-Answered-By").Single());
    }

    [Theory]
    [InlineData("auto", 0.95)]
    [InlineData("small", 0.85)]
    public async Task MinAccuracy_NothingSoAccurate_Is422(string endpoint, double accuracy)
    {
        (TestHost host, _) = await StartAsync();
        await using TestHost disposed = host;

        using HttpResponseMessage refused = await host.PostAsync(With(TestHost.Body(6), FormattableString.Invariant($"\"min_accuracy\": {accuracy}")), $"/endpoints/{endpoint}/invoke");

        await TestHost.AssertProblem(refused, HttpStatusCode.UnprocessableEntity, $"Nothing at endpoint '{endpoint}' is measured to be as accurate");
    }

    [Fact]
    public async Task Overload_StepsDownBeforeItRefusesAndUpAgainOnlyAfterAWhile()
    {
        (TestHost host, ManualTimeProvider time) = await StartAsync();
        await using TestHost disposed = host;
        await StepDownAsync(host, time);
        Assert.Equal("small", await AskAsync(host));

        // Nothing waits any more, and still what has just come would be too much for the large one.
        Assert.Equal("small", await AskAsync(host));

        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("large", await AskAsync(host));
    }

    [Fact]
    public async Task EveryMemberFull_Is429()
    {
        (TestHost host, _) = await StartAsync(("Endpoints:Defaults:MaxQueueDelay", "00:00:00.040"));
        await using TestHost disposed = host;
        host.Engine.Hold();
        Task<HttpResponseMessage> running = host.PostAsync(TestHost.Body(20), "/endpoints/large/invoke");
        await host.Engine.BatchStarted();

        // 200 ms are left of the batch, whoever is asked.
        using HttpResponseMessage refused = await host.PostAsync(TestHost.Body(6), "/endpoints/auto/invoke");

        await TestHost.AssertProblem(refused, HttpStatusCode.TooManyRequests, "is busy");
        host.Engine.Release();
        await running;
    }

    [Fact]
    public async Task MemberRemoved_TheOthersAnswer()
    {
        (TestHost host, _) = await StartAsync();
        await using TestHost disposed = host;
        Assert.Equal(HttpStatusCode.NoContent, (await host.Client.DeleteAsync("/endpoints/small")).StatusCode);

        Assert.Equal("large", await AskAsync(host));
    }

    [Theory]
    [InlineData("Endpoints:Elastic:auto:Members", "large", "two or more different endpoints")]
    [InlineData("Endpoints:Elastic:auto:Members", "large,large", "two or more different endpoints")]
    [InlineData("Endpoints:Elastic:auto:Members", "large,nobody", "two or more different endpoints")]
    [InlineData("Endpoints:Elastic:small:Members", "large,small", "an endpoint has this name already")]
    [InlineData("Endpoints:Elastic:a b:Members", "large,small", "cannot name an endpoint")]
    public async Task Start_WrongConfiguration_SaysWhatIsExpected(string key, string value, string detail)
    {
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync((key, value)));

        Assert.Contains(detail, Assert.Single(exception.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_MembersMeasuredTheOtherWayRound_NamesTheTwo()
    {
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(("Endpoints:Elastic:auto:Members", "small, large")));

        Assert.Equal(
            "Endpoints:Elastic:auto:Members must name the most accurate endpoint first: 'small' (accuracy 0.8) stands before 'large' (accuracy 0.91); change their order.",
            Assert.Single(exception.Failures));
    }

    [Theory]
    [InlineData("small", "third", "Endpoints:Elastic:auto:Members must name the most accurate endpoint first: 'large' (accuracy 0.8) stands before 'small' (accuracy 0.85); change their order.")]
    [InlineData("large", "other", "Endpoints:Elastic:auto:Members must answer the same labels: 'large' answers yes, no, and 'small' answers entailment, not_entailment; leave one out.")]
    public async Task Put_MemberThatWouldNotFit_IsRefusedAndTheOldStays(string name, string of, string why)
    {
        (TestHost host, _) = await StartAsync();
        await using TestHost disposed = host;

        // Cut from the small one as a whole, it is as accurate as that, which is accurate enough.
        using HttpResponseMessage put = await PutAsync(host, "large", "small");
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        int queues = host.App.Services.GetRequiredService<EndpointCatalog>().Scheduled.Length;

        using HttpResponseMessage refused = await PutAsync(host, name, of);

        await TestHost.AssertProblem(
            refused, HttpStatusCode.Conflict, $"'{name}' is a member of an elastic endpoint that it would not fit so, and nothing has changed: {why} That takes a restart; without one, give this endpoint another name.");
        Assert.Equal("large", await AskAsync(host));
        Assert.Equal((2, 1), (host.Endpoint("large").Version, host.Endpoint("small").Version));
        Assert.Equal(queues, host.App.Services.GetRequiredService<EndpointCatalog>().Scheduled.Length);
        Assert.Equal(of, host.Endpoint(of).Queue.Terms.Names);

        // It is nobody else's business, and neither is another name.
        using HttpResponseMessage added = await PutAsync(host, "fourth", of);
        Assert.Equal(HttpStatusCode.Created, added.StatusCode);
    }

    [Theory]
    [InlineData("/endpoints", "auto")]
    [InlineData("/endpoints/auto", "\"members\": [")]
    [InlineData("/endpoints/auto/ready", "\"ready\"")]
    [InlineData("/v2/models/auto", """{"name":"auto","versions":["1"],""")]
    [InlineData("/v2/models/auto/versions/1", """{"name":"auto","versions":["1"],""")]
    [InlineData("/v2/models/auto/ready", """{"name":"auto","ready":true}""")]
    [InlineData("/v2/models/auto/versions/1/ready", """{"name":"auto","ready":true}""")]
    [InlineData("/v1/models", "\"auto\"")]
    [InlineData("/v1/models/auto", """{"name":"auto","ready":true}""")]
    [InlineData("/models", """{"modelName":"auto","modelUrl":"/endpoints/auto"}""")]
    [InlineData("/models/auto", """{"modelName":"auto","modelUrl":"/endpoints/auto"}""")]
    public async Task Get_OfEveryProtocol_KnowsTheElasticOne(string path, string expected)
    {
        (TestHost host, _) = await StartAsync();
        await using TestHost disposed = host;

        using HttpResponseMessage answer = await host.Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains(expected, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/endpoints/auto/invoke", """{"text": "a"}""")]
    [InlineData("/endpoints/auto/invocations", """{"text": "a"}""")]
    [InlineData("/models/auto/invoke", """{"text": "a"}""")]
    [InlineData("/v2/models/auto/infer", """{"inputs": [{"name": "text", "shape": [1], "datatype": "BYTES", "data": ["a"]}]}""")]
    [InlineData("/v2/models/auto/versions/1/infer", """{"inputs": [{"name": "text", "shape": [1], "datatype": "BYTES", "data": ["a"]}]}""")]
    [InlineData("/v1/models/auto:predict", """{"instances": [{"text": "a"}]}""")]
    [InlineData("/endpoints/auto/predict", """{"inputs": "a"}""")]
    public async Task Post_OfEveryProtocol_IsAnsweredByAMember(string path, string body)
    {
        (TestHost host, _) = await StartAsync();
        await using TestHost disposed = host;

        using HttpResponseMessage answer = await host.PostAsync(body, path);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("large", answer.Headers.GetValues("X-Answered-By").Single());
    }

    [Fact]
    public async Task Change_OfTheElasticOne_IsRefusedAndMessagesNameIt()
    {
        (TestHost host, _) = await StartAsync();
        await using TestHost disposed = host;

        using HttpResponseMessage put = await host.Client.PutAsync("/endpoints/auto", new StringContent("""{"of": "large"}""", System.Text.Encoding.UTF8, "application/json"));
        await TestHost.AssertProblem(put, HttpStatusCode.Conflict, "'auto' is an elastic endpoint");
        await TestHost.AssertProblem(await host.Client.DeleteAsync("/endpoints/auto"), HttpStatusCode.Conflict, "'auto' is an elastic endpoint");
        await TestHost.AssertProblem(await host.PostAsync(TestHost.Body(), "/endpoints/nobody/invoke"), HttpStatusCode.NotFound, "the endpoints are: large, small, third, other, auto.");
        Assert.Equal(HttpStatusCode.NotFound, (await host.PostAsync("{}", "/v2/models/auto/versions/2/infer")).StatusCode);
    }

    private static async Task<string> AskAsync(TestHost host)
    {
        using HttpResponseMessage response = await host.PostAsync(TestHost.Body(6), "/endpoints/auto/invoke");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return response.Headers.GetValues("X-Answered-By").Single();
    }

    // A batch of 600 ms is running, more than half of the promise: the first request to see that steps down.
    private static async Task StepDownAsync(TestHost host, ManualTimeProvider time)
    {
        time.Advance(TimeSpan.FromSeconds(1));
        host.Engine.Hold();
        Task<HttpResponseMessage> running = host.PostAsync(TestHost.Body(60), "/endpoints/large/invoke");
        await host.Engine.BatchStarted();
        Task<HttpResponseMessage>[] queued = [.. Enumerable.Range(0, 10).Select(_ => host.PostAsync(TestHost.Body(40), "/endpoints/auto/invoke"))];
        await TestHost.Until(() => host.Endpoint("small").Load.QueuedRows + host.Endpoint("large").Load.QueuedRows == 10);
        Assert.Equal(10, host.Endpoint("small").Load.QueuedRows);
        host.Engine.Release();
        Assert.All(await Task.WhenAll([running, .. queued]), response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
    }

    private static Task<HttpResponseMessage> PutAsync(TestHost host, string name, string of) =>
        host.Client.PutAsync($"/endpoints/{name}", new StringContent($$"""{"of": "{{of}}"}""", System.Text.Encoding.UTF8, "application/json"));

    private static string With(string body, string terms) => $"{body[..^1]}, {terms}}}";

    private static async Task<(TestHost Host, ManualTimeProvider Time)> StartAsync(params (string Key, string Value)[] configuration)
    {
        var time = new ManualTimeProvider();
        FakeEngine engine = null!;
        engine = new FakeEngine { OnBatch = batch => time.Advance(TimeSpan.FromMilliseconds(batch.TokenCount * (engine.Batches.Last().Layers == 2 ? 10 : 1))) };
        var tokenizer = new FakeTokenizer();
        BertConfig config = TestHost.Config, small = SubNetwork.Small(config, 1, 1, 8).ConfigOf(config);
        Checkpoint Of(BertConfig shape, double accuracy) => TestHost.CheckpointOf(
            shape, tokenizer, new EndpointMetadata { Metrics = new Dictionary<string, double> { ["accuracy"] = accuracy } });
        TestHost host = await TestHost.StartAsync(
            engine,
            tokenizer,
            [
                new("large", Of(config, 0.91), SubNetwork.Full(config)),
                new("small", Of(small, 0.8), SubNetwork.Full(small)),
                new("third", Of(small, 0.85), SubNetwork.Full(small)),
                new("other", Of(config with { Labels = ["yes", "no"] }, 0.91), SubNetwork.Full(config)),
            ],
            TestHost.Settings(time, [("Endpoints:Defaults:MaxQueueDelay", "00:00:01"), ("Endpoints:Elastic:auto:Members", "large, small"), .. configuration]));
        return (host, time);
    }
}
