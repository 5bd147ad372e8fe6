using System.Net;
using System.Text;
using System.Text.Json;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;
using Endpoints.Serving.Admission;
using Endpoints.Serving.Cascades;
using Endpoints.Serving.Tests.Support;
using Microsoft.Extensions.Options;

namespace Endpoints.Serving.Tests.Cascades;

/// <summary>A cascade of <c>pruned</c> and <c>base</c>, two sub-networks of one checkpoint: the small one is sure of words below w100, and its labels are the other way round.</summary>
public sealed class CascadeTests
{
    private const string Small = "small:l=1,h=1,u=8";

    private static readonly (string Key, string Value)[] Fast = [("Endpoints:Cascade:fast:Members", "pruned, base"), ("Endpoints:Cascade:fast:Threshold", "0.5")];

    [Fact]
    public async Task Invoke_SureAndUnsureRows_EachIsAnsweredByOneOfTheTwo()
    {
        await using TestHost host = await StartAsync();
        host.Engine.Batches.Clear();

        using HttpResponseMessage response = await host.PostAsync(Pairs(7, 107, 8, 108, 109), "/endpoints/fast/invoke");

        JsonElement[] results = [.. (await TestHost.JsonOf(response)).GetProperty("results").EnumerateArray()];
        Assert.Equal(["pruned", "base", "pruned", "base", "base"], results.Select(result => result.GetProperty("answered_by").GetString()));
        Assert.Equal(["not_entailment", "entailment", "not_entailment", "entailment", "entailment"], results.Select(result => result.GetProperty("label").GetString()));
        Assert.Equal(("pruned, base", "1,3-4"), (Header(response, "X-Answered-By"), Header(response, "X-Escalated")));
        SeenBatch[] batches = [.. host.Engine.Batches];
        Assert.Equal([Small, "full"], batches.Select(batch => batch.SubNetwork));
        Assert.Equal([107, 108, 109], batches[1].FirstWords);
        Dictionary<string, double> samples = await Scrape.OfAsync(host);
        Assert.Equal((3, 5), (samples["""endpoints_cascade_escalated_total{endpoint="fast"}"""], samples["""endpoints_batch_rows_sum{endpoint="fast"}"""]));
        Assert.Equal(1, samples["""endpoints_requests_total{endpoint="fast",outcome="ok"}"""]);
        Assert.DoesNotContain("""endpoints_cascade_escalated_total{endpoint="base"}""", samples.Keys);
    }

    [Theory]
    [InlineData(7, "pruned", null)]
    [InlineData(107, "base", "0")]
    public async Task Invoke_OneRow_HeaderNamesWhoAnswered(int word, string expected, string? escalated)
    {
        await using TestHost host = await StartAsync();
        using HttpResponseMessage own = await host.PostAsync(TestHost.Body(word: word), "/endpoints/fast/invoke");
        using HttpResponseMessage runtime = await host.PostAsync(TestHost.Body(word: word), "/endpoints/fast/invocations");

        Assert.Equal(expected, (await TestHost.JsonOf(own)).GetProperty("answered_by").GetString());
        Assert.All([own, runtime], response => Assert.Equal((expected, escalated), (Header(response, "X-Answered-By"), Header(response, "X-Escalated"))));
    }

    [Fact]
    public async Task Invoke_PlainEndpoint_SaysNothingOfWhoAnswered()
    {
        await using TestHost host = await StartAsync();
        using HttpResponseMessage response = await host.PostAsync(TestHost.Body(), "/endpoints/base/invoke");

        Assert.False((await TestHost.JsonOf(response)).TryGetProperty("answered_by", out _));
        Assert.Null(Header(response, "X-Answered-By"));
    }

    [Fact]
    public async Task SureRows_AreAnsweredBeforeTheLargeNetworkIsDone()
    {
        await using TestHost host = await StartAsync();
        host.Engine.Hold();
        Task<HttpResponseMessage> running = host.PostAsync(TestHost.Body(), "/endpoints/base/invoke");
        await host.Engine.BatchStarted();
        Task<HttpResponseMessage>[] queued = await host.QueueAsync("fast", TestHost.Body(word: 7), TestHost.Body(word: 107));
        host.Engine.ReleaseOne();
        await host.Engine.BatchStarted();
        host.Engine.ReleaseOne();
        await host.Engine.BatchStarted(); // the large network has begun, and waits

        using HttpResponseMessage sure = await queued[0].WaitAsync(TestHost.Patience);

        Assert.Equal("pruned", Header(sure, "X-Answered-By"));
        Assert.False(queued[1].IsCompleted);
        Assert.Equal(1, host.Endpoint("fast").Load.Rows);
        host.Engine.Release();
        Assert.Equal("base", Header(await queued[1], "X-Answered-By"));
        Assert.Equal((0, 0), (host.Endpoint("fast").Load.Rows, host.Endpoint("fast").Load.InFlightRows));
        await running;
    }

    [Fact]
    public async Task LargeNetworkFails_OnlyItsRowsAreLost()
    {
        var engine = new FakeEngine();
        await using TestHost host = await StartAsync(engine);
        engine.OnBatch = _ =>
        {
            if (engine.Batches.Last().SubNetwork == "full")
            {
                throw new InvalidOperationException("broken");
            }
        };

        using HttpResponseMessage sure = await host.PostAsync(TestHost.Body(word: 7), "/endpoints/fast/invoke");
        using HttpResponseMessage unsure = await host.PostAsync(TestHost.Body(word: 107), "/endpoints/fast/invoke");
        using HttpResponseMessage both = await host.PostAsync(Pairs(7, 107), "/endpoints/fast/invoke");

        Assert.Equal(HttpStatusCode.OK, sure.StatusCode);
        Assert.All([unsure, both], response => Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode));
        Assert.Equal((0, 0), (host.Endpoint("fast").Load.Rows, host.Endpoint("fast").Load.InFlightRows));
    }

    [Fact]
    public async Task SmallNetworkIsNoNumber_LargeAnswers()
    {
        var engine = new FakeEngine();
        await using TestHost host = await StartAsync(engine);
        engine.Logit = (_, label) => engine.Batches.Last().SubNetwork == Small ? float.NaN : label;

        using HttpResponseMessage response = await host.PostAsync(TestHost.Body(word: 7), "/endpoints/fast/invoke");

        Assert.Equal((HttpStatusCode.OK, "base"), (response.StatusCode, Header(response, "X-Answered-By")));
    }

    [Fact]
    public async Task Scores_AreDividedByTheTemperatureOfWhoAnswered()
    {
        CascadeDefinition Cold(Checkpoint checkpoint) => new(checkpoint, SubNetwork.Parse(Small, TestHost.Config), 0.2) { Temperature = 4 };
        await using TestHost host = await StartAsync(new FakeEngine(), Cold);

        // Logits 2 and 0 of the small one: the margin of softmax(z / 4) is 0.245.
        using HttpResponseMessage sure = await host.PostAsync(TestHost.Body(word: 7), "/endpoints/fast/invoke");
        using HttpResponseMessage unsure = await host.PostAsync(TestHost.Body(word: 107), "/endpoints/fast/invoke");

        Assert.Equal(1 / (1 + Math.Exp(-0.5)), (await TestHost.JsonOf(sure)).GetProperty("score").GetDouble(), 1e-6);
        Assert.Equal(1 / (1 + Math.Exp(-3)), (await TestHost.JsonOf(unsure)).GetProperty("score").GetDouble(), 1e-6);
    }

    [Fact]
    public async Task Description_SaysMembersThresholdAndPromise()
    {
        await using TestHost host = await StartAsync(new FakeEngine(), Promised);

        JsonElement fast = await TestHost.JsonOf(await host.Client.GetAsync("/endpoints/fast"));
        JsonElement cascade = fast.GetProperty("cascade");

        Assert.Equal((0.9, "test", "bfloat16"), (fast.GetProperty("accuracy").GetDouble(), fast.GetProperty("split").GetString(), fast.GetProperty("measuredIn").GetString()));
        Assert.Equal($"{Small}, then full", fast.GetProperty("subNetwork").GetString());
        Assert.Equal((Small, "full"), (cascade.GetProperty("small").GetProperty("subNetwork").GetString(), cascade.GetProperty("large").GetProperty("subNetwork").GetString()));
        Assert.Equal((0.2, 0.01, 0.25), (cascade.GetProperty("threshold").GetDouble(), cascade.GetProperty("promise").GetProperty("maxLoss").GetDouble(), cascade.GetProperty("promise").GetProperty("escalated").GetDouble()));
        Assert.True(cascade.GetProperty("sharesWeights").GetBoolean());
        Assert.Equal(1, fast.GetProperty("parameters").GetProperty("fraction").GetDouble());
        Assert.Equal(0.9, (await Scrape.OfAsync(host))["""endpoints_model_accuracy{endpoint="fast"}"""]);
    }

    [Fact]
    public async Task MeasuredAccuracy_CountsForMinAccuracy()
    {
        await using TestHost host = await StartAsync(new FakeEngine(), Promised);
        string With(double accuracy) => FormattableString.Invariant($"{TestHost.Body()[..^1]}, \"min_accuracy\": {accuracy}}}");

        using HttpResponseMessage enough = await host.PostAsync(With(0.9), "/endpoints/fast/invoke");
        using HttpResponseMessage tooMuch = await host.PostAsync(With(0.91), "/endpoints/fast/invoke");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.UnprocessableEntity), (enough.StatusCode, tooMuch.StatusCode));
    }

    [Fact]
    public async Task Networks_AreThoseOfTheMembers()
    {
        await using TestHost host = await StartAsync(new FakeEngine(), null, ("Endpoints:ByName:pruned:Precision", "int8"), ("Endpoints:ByName:base:Precision", "float32"));

        Assert.Equal([Precision.Float32, Precision.Int8], host.Engine.Loaded.Select(loaded => loaded.Precision));
        Assert.Same(host.Endpoint("base").Network, host.Endpoint("fast").Network);
        Assert.Same(host.Endpoint("pruned").Network, host.Endpoint("fast").Cascade!.Network);
        JsonElement cascade = (await TestHost.JsonOf(await host.Client.GetAsync("/endpoints/fast"))).GetProperty("cascade");
        Assert.Equal(("int8", "float32"), (cascade.GetProperty("small").GetProperty("precision").GetString(), cascade.GetProperty("large").GetProperty("precision").GetString()));
    }

    [Fact]
    public async Task WarmUp_ExpectsBothNetworksByTheShareThatEscalates()
    {
        var time = new ManualTimeProvider();
        FakeEngine engine = null!;
        engine = new FakeEngine { OnBatch = batch => time.Advance(TimeSpan.FromMilliseconds(batch.TokenCount * (engine.Batches.Last().SubNetwork == "full" ? 8 : 1))) };
        await using TestHost host = await StartAsync(engine, Promised, time, ("Endpoints:Defaults:MaxBatchDuration", "00:00:10"));

        // A token costs 1 ms at the small network and, for a quarter of the rows, 8 ms at the large one.
        Assert.Equal(0.030, host.Endpoint("fast").Cost.Seconds(Work.OfRow(10)), 1e-4);
        Assert.Equal(0.080, host.Endpoint("base").Cost.Seconds(Work.OfRow(10)), 1e-4);
    }

    [Fact]
    public void CostModel_BatchesOfOneNetworkOrTwo_ComesToTheMean()
    {
        var cost = new CostModel(CostModel.CascadeSurprise);
        cost.Calibrate([(Work.OfRow(8), TimeSpan.FromMilliseconds(9)), (Work.OfRow(64), TimeSpan.FromMilliseconds(72))]);
        var random = new Random(1);
        double sum = 0;
        for (int batch = 0; batch < 3000; batch++)
        {
            cost.Observe(Work.OfRow(32), TimeSpan.FromMilliseconds(random.NextDouble() < 0.15 ? 288 : 32));
            sum += batch < 1000 ? 0 : cost.Seconds(Work.OfRow(32)) / 2000;
        }

        Assert.Equal(0.0704, sum, 0.007);
    }

    [Fact]
    public async Task Put_CascadeOfServedEndpoints_IsServedAndDeleted()
    {
        await using TestHost host = await TestHost.StartPairAsync(Telling(new FakeEngine()), null);
        int loaded = host.Engine.Loaded.Count;

        using HttpResponseMessage put = await PutAsync(host, """{"cascade": ["pruned", "base"], "threshold": 0.5}""");
        using HttpResponseMessage answer = await host.PostAsync(TestHost.Body(word: 107), "/endpoints/fast/invoke");

        Assert.Equal((HttpStatusCode.Created, "base"), (put.StatusCode, Header(answer, "X-Answered-By")));
        Assert.Equal(loaded, host.Engine.Loaded.Count);
        Assert.Equal(HttpStatusCode.NoContent, (await host.Client.DeleteAsync("/endpoints/fast")).StatusCode);
        Assert.Equal(0, host.Engine.Released);
        using HttpResponseMessage still = await host.PostAsync(TestHost.Body(), "/endpoints/pruned/invoke");
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
    }

    [Theory]
    [InlineData("""{"cascade": ["pruned"], "threshold": 0.5}""", "the names of two endpoints, the small one first")]
    [InlineData("""{"cascade": ["pruned", "pruned"], "threshold": 0.5}""", "the names of two endpoints, the small one first")]
    [InlineData("""{"cascade": ["pruned", "base"]}""", "with \"threshold\", a number from 0 to 1")]
    [InlineData("""{"of": "base", "threshold": 0.5}""", "with \"threshold\", a number from 0 to 1")]
    [InlineData("""{"cascade": ["pruned", "base"], "threshold": 1.5}""", "from 0 to 1, found 1.5")]
    [InlineData("""{"cascade": ["pruned", "nobody"], "threshold": 0.5}""", "there is no endpoint 'nobody'")]
    [InlineData("""{"cascade": ["fast", "base"], "threshold": 0.5}""", "'fast' is a cascade itself")]
    [InlineData("""{"cascade": ["pruned", "base"], "of": "base", "threshold": 0.5}""", "expected one of")]
    public async Task Put_WrongCascade_Is422AndSaysWhatIsExpected(string body, string detail)
    {
        await using TestHost host = await StartAsync();

        using HttpResponseMessage refused = await PutAsync(host, body, "other");

        await TestHost.AssertProblem(refused, HttpStatusCode.UnprocessableEntity, detail);
    }

    [Fact]
    public async Task Elastic_MayHaveACascadeAsMember()
    {
        await using TestHost host = await StartAsync(new FakeEngine(), null, ("Endpoints:Elastic:auto:Members", "fast,pruned"));

        using HttpResponseMessage response = await host.PostAsync(TestHost.Body(word: 107), "/endpoints/auto/invoke");

        Assert.Equal(("fast", "0"), (Header(response, "X-Answered-By"), Header(response, "X-Escalated")));
    }

    [Theory]
    [InlineData("Endpoints:Cascade:fast:Members", "base", "two different endpoints")]
    [InlineData("Endpoints:Cascade:fast:Members", "base,base", "two different endpoints")]
    [InlineData("Endpoints:Cascade:fast:Members", "pruned,base,base", "two different endpoints")]
    [InlineData("Endpoints:Cascade:fast:Members", "pruned,nobody", "two different endpoints")]
    [InlineData("Endpoints:Cascade:fast:Threshold", "1.01", "a number from 0 to 1")]
    [InlineData("Endpoints:Cascade:fast:Threshold", "NaN", "a number from 0 to 1")]
    [InlineData("Endpoints:Cascade:fast:Treshold", "0.5", "is no setting of a cascade")]
    [InlineData("Endpoints:Cascade:base:Members", "pruned,base", "must be a number from 0 to 1")]
    public async Task Start_WrongConfiguration_SaysWhatIsExpected(string key, string value, string detail)
    {
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(Telling(new FakeEngine()), null, (key, value)));

        Assert.Contains(detail, Assert.Single(exception.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_NameTaken_SaysSo()
    {
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(
            Telling(new FakeEngine()), null, ("Endpoints:Cascade:base:Members", "pruned,base"), ("Endpoints:Cascade:base:Threshold", "0.5")));

        Assert.Contains("2 endpoints are named 'base'", Assert.Single(exception.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_NetworksOfOtherLabels_SaysSo()
    {
        var other = BertConfig.Uniform(1000, 8, 2, 2, 16, 64, "not_entailment", "entailment");
        CascadeDefinition Other(Checkpoint checkpoint) => new(TestHost.CheckpointOf(other, new FakeTokenizer()), SubNetwork.Full(other), 0.5);

        var exception = await Assert.ThrowsAsync<FormatException>(() => StartAsync(Telling(new FakeEngine()), Other));

        Assert.Contains("the same labels in the same order", exception.Message, StringComparison.Ordinal);
    }

    private static CascadeDefinition Promised(Checkpoint checkpoint) => new(checkpoint, SubNetwork.Parse(Small, TestHost.Config), 0.2)
    {
        Promise = new()
        {
            MaxLoss = 0.01,
            Confidence = 0.95,
            Accuracy = 0.9,
            LargeAccuracy = 0.905,
            Escalated = 0.25,
            Task = "demo",
            Split = "test",
            MeasuredIn = Precision.BFloat16,
        },
    };

    private static Task<TestHost> StartAsync(FakeEngine? engine = null) => StartAsync(engine ?? new FakeEngine(), null);

    private static Task<TestHost> StartAsync(FakeEngine engine, Func<Checkpoint, CascadeDefinition>? fast, params (string Key, string Value)[] configuration) =>
        StartAsync(engine, fast, null, configuration);

    private static Task<TestHost> StartAsync(FakeEngine engine, Func<Checkpoint, CascadeDefinition>? fast, TimeProvider? time, params (string Key, string Value)[] configuration)
    {
        Telling(engine);
        if (fast is null)
        {
            return TestHost.StartPairAsync(engine, time, [.. Fast, .. configuration]);
        }

        var tokenizer = new FakeTokenizer();
        Checkpoint checkpoint = TestHost.CheckpointOf(TestHost.Config, tokenizer);
        var whole = SubNetwork.Full(TestHost.Config);
        return TestHost.StartAsync(
            engine, tokenizer, [new("base", checkpoint, whole), new("fast", checkpoint, whole) { Cascade = fast(checkpoint) }], TestHost.Settings(time, configuration));
    }

    /// <summary>The small network says not_entailment, and is not sure of words from w100 on; the large one always says entailment.</summary>
    private static FakeEngine Telling(FakeEngine engine)
    {
        engine.Logit = (row, label) =>
        {
            SeenBatch batch = engine.Batches.Last();
            return batch.SubNetwork == Small ? (label == 1 ? (batch.FirstWords[row] < 100 ? 2 : 0.1f) : 0) : label == 0 ? 3 : 0;
        };
        return engine;
    }

    private static string Pairs(params int[] words) => $$"""{"pairs": [{{string.Join(", ", words.Select(word => TestHost.Body(word: word)))}}]}""";

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

    private static Task<HttpResponseMessage> PutAsync(TestHost host, string body, string name = "fast") =>
        host.Client.PutAsync($"/endpoints/{name}", new StringContent(body, Encoding.UTF8, "application/json"));
}
