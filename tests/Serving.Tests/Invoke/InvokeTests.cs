using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Serving.Tests.Support;

namespace Endpoints.Serving.Tests.Invoke;

public sealed class InvokeTests
{
    [Fact]
    public async Task Invoke_OnePair_AnswersLabelAndScores()
    {
        await using TestHost host = await TestHost.StartAsync();

        using HttpResponseMessage response = await host.PostAsync("""{"premise": "A dog runs.", "hypothesis": "An animal moves."}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        JsonElement answer = await TestHost.JsonOf(response);
        double expected = 1 / (1 + Math.Exp(-2));
        Assert.Equal("entailment", answer.GetProperty("label").GetString());
        Assert.True(Math.Abs(answer.GetProperty("score").GetDouble() - expected) <= 1e-6);
        Assert.True(Math.Abs(answer.GetProperty("scores").GetProperty("entailment").GetDouble() - expected) <= 1e-6);
        Assert.True(Math.Abs(answer.GetProperty("scores").GetProperty("not_entailment").GetDouble() - (1 - expected)) <= 1e-6);
        Assert.Equal("base", answer.GetProperty("endpoint").GetString());
        Assert.Equal(9, answer.GetProperty("tokens").GetInt32());
        Assert.False(answer.TryGetProperty("truncated", out _));
    }

    [Fact]
    public async Task Invoke_Pairs_AnswersResultsInOrder()
    {
        var engine = new FakeEngine { Logit = (row, label) => label == row % 2 ? 1 : 0 };
        await using TestHost host = await TestHost.StartAsync(engine, null);

        using HttpResponseMessage response = await host.PostAsync(TestHost.Many(6, 7, 8));

        JsonElement answer = await TestHost.JsonOf(response);
        Assert.Equal("base", answer.GetProperty("endpoint").GetString());
        Assert.Equal(
            [("entailment", 6), ("not_entailment", 7), ("entailment", 8)],
            answer.GetProperty("results").EnumerateArray().Select(result => (result.GetProperty("label").GetString()!, result.GetProperty("tokens").GetInt32())));
    }

    [Fact]
    public async Task Invoke_PairsOfOne_AnswersResultsToo()
    {
        await using TestHost host = await TestHost.StartAsync();

        JsonElement answer = await TestHost.JsonOf(await host.PostAsync(TestHost.Many(6)));

        Assert.Equal(1, answer.GetProperty("results").GetArrayLength());
    }

    [Fact]
    public async Task Invoke_MorePairsThanABatchHolds_ComputesThemInSeveral()
    {
        // The logit of label 0 is the row's first word, so that a mix-up would show.
        var engine = new FakeEngine();
        int[] firstWords = [];
        engine.OnBatch = batch => firstWords = [.. Enumerable.Range(0, batch.Count).Select(i => batch.Tokens[batch.Offsets[i] + 1])];
        engine.Logit = (row, label) => label == 0 ? firstWords[row] : 0;
        await using TestHost host = await TestHost.StartAsync(engine, null, ("Endpoints:Defaults:MaxBatchRows", "4"));
        engine.Batches.Clear();

        string pairs = string.Join(", ", Enumerable.Range(0, 10).Select(i => TestHost.Body(6, word: i % 2)));
        JsonElement answer = await TestHost.JsonOf(await host.PostAsync($$"""{"pairs": [{{pairs}}]}"""));

        Assert.Equal([4, 4, 2], engine.Batches.Select(batch => batch.RowLengths.Length));
        double[] scores = [.. answer.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("scores").GetProperty("entailment").GetDouble())];
        Assert.All(Enumerable.Range(0, 10), i => Assert.True(Math.Abs(scores[i] - (1 / (1 + Math.Exp(-(i % 2))))) <= 1e-6, $"{i}: {scores[i]}"));
    }

    [Fact]
    public async Task Invoke_Text_IsASingleInput()
    {
        await using TestHost host = await TestHost.StartAsync();

        JsonElement answer = await TestHost.JsonOf(await host.PostAsync("""{"text": "one two three"}"""));

        Assert.Equal(5, answer.GetProperty("tokens").GetInt32());
    }

    [Fact]
    public async Task Invoke_ByteOrderMark_IsIgnored()
    {
        await using TestHost host = await TestHost.StartAsync();

        using HttpResponseMessage response = await host.PostAsync("\uFEFF" + TestHost.Body());

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Invoke_Regression_AnswersValue()
    {
        BertConfig config = BertConfig.Uniform(1000, 8, 1, 2, 16, 64, "similarity");
        var engine = new FakeEngine { Logit = (_, _) => 3.25f };
        var tokenizer = new FakeTokenizer();
        Checkpoint checkpoint = TestHost.CheckpointOf(config, tokenizer);
        await using TestHost host = await TestHost.StartAsync(
            engine, tokenizer, [new("similarity", checkpoint, SubNetwork.Full(config))], TestHost.Settings(null));

        JsonElement answer = await TestHost.JsonOf(await host.PostAsync(TestHost.Body()));

        Assert.Equal(3.25, answer.GetProperty("value").GetDouble());
        Assert.False(answer.TryGetProperty("label", out _));
    }

    [Theory]
    [InlineData(null, "/invoke", "base", "full")]
    [InlineData("pruned", "/invoke", "pruned", "small:l=1,h=1,u=8")]
    [InlineData("base", "/invoke", "base", "full")]
    [InlineData(null, "/endpoints/pruned/invoke", "pruned", "small:l=1,h=1,u=8")]
    [InlineData("pruned", "/endpoints/base/invoke", "base", "full")]
    public async Task Invoke_EachWayToNameAnEndpoint_RunsItsSubNetwork(string? header, string path, string expected, string subNetwork)
    {
        await using TestHost host = await TestHost.StartPairAsync(new FakeEngine(), null);
        host.Engine.Batches.Clear();
        if (header is not null)
        {
            host.Client.DefaultRequestHeaders.Add("X-Endpoint", header);
        }

        JsonElement answer = await TestHost.JsonOf(await host.PostAsync(TestHost.Body(), path));

        Assert.Equal(expected, answer.GetProperty("endpoint").GetString());
        Assert.Equal([subNetwork], host.Engine.Batches.Select(batch => batch.SubNetwork));
    }

    [Theory]
    [InlineData("X-Endpoint", "/invoke")]
    [InlineData(null, "/endpoints/nobody/invoke")]
    public async Task Invoke_UnknownEndpoint_Is404ThatListsThem(string? header, string path)
    {
        await using TestHost host = await TestHost.StartPairAsync(new FakeEngine(), null);
        if (header is not null)
        {
            host.Client.DefaultRequestHeaders.Add(header, "nobody");
        }

        using HttpResponseMessage response = await host.PostAsync(TestHost.Body(), path);

        await TestHost.AssertProblem(response, HttpStatusCode.NotFound, "There is no endpoint 'nobody'; the endpoints are: base, pruned.");
    }

    [Fact]
    public async Task Invoke_TextOverTheModelsLength_IsTruncatedAndSaysSo()
    {
        await using TestHost host = await TestHost.StartAsync();

        JsonElement answer = await TestHost.JsonOf(await host.PostAsync(TestHost.Many(64, 65)));

        JsonElement[] results = [.. answer.GetProperty("results").EnumerateArray()];
        Assert.False(results[0].TryGetProperty("truncated", out _));
        Assert.True(results[1].GetProperty("truncated").GetBoolean());
        Assert.Equal(64, results[1].GetProperty("tokens").GetInt32());
    }

    [Theory]
    [InlineData("Endpoints:Defaults:MaxLength", "20", 20)]
    [InlineData("Endpoints:Defaults:MaxLength", "1000", 64)]
    [InlineData("Endpoints:Defaults:MaxBatchTokens", "32", 32)]
    public async Task Invoke_TextOverALimit_IsTruncatedToTheSmallest(string key, string value, int expected)
    {
        await using TestHost host = await TestHost.StartAsync((key, value));

        JsonElement answer = await TestHost.JsonOf(await host.PostAsync(TestHost.Body(100)));

        Assert.Equal(expected, answer.GetProperty("tokens").GetInt32());
    }

    [Fact]
    public async Task Invoke_TooLongAndRefused_Is422AndLeavesNoLoad()
    {
        await using TestHost host = await TestHost.StartAsync(("Endpoints:Defaults:OnTooLong", "Refuse"));
        host.Engine.Batches.Clear();

        using HttpResponseMessage response = await host.PostAsync(TestHost.Many(64, 65));

        await TestHost.AssertProblem(response, HttpStatusCode.UnprocessableEntity, "pairs[1] is longer than the 64 tokens");
        Assert.Empty(host.Engine.Batches);
        Assert.Equal((0, 0L), (host.Endpoint().Load.Rows, host.Endpoint().Load.Waiting().Tokens));
    }

    [Fact]
    public async Task Invoke_ServerTiming_StretchesAddUpToTheTotal()
    {
        await using TestHost host = await TestHost.StartAsync();

        using HttpResponseMessage response = await host.PostAsync(TestHost.Body());

        string header = response.Headers.GetValues("Server-Timing").Single();
        Dictionary<string, double> timings = Regex.Matches(header, @"(\w+);dur=(\d+\.\d{3})(?:, |$)")
            .ToDictionary(match => match.Groups[1].Value, match => double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
        Assert.Equal(["read", "tokenize", "queue", "compute", "respond", "total"], timings.Keys);

        // Each figure is rounded to 1 us.
        Assert.True(Math.Abs(timings.Where(timing => timing.Key != "total").Sum(timing => timing.Value) - timings["total"]) <= 0.004, header);
    }

    [Fact]
    public async Task Invoke_EngineThrows_Is500AndTheLaneLivesOn()
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Engine.OnBatch = _ => throw new InvalidOperationException("broken");

        using HttpResponseMessage failed = await host.PostAsync(TestHost.Body());
        JsonElement problem = await TestHost.AssertProblem(failed, HttpStatusCode.InternalServerError, "Endpoint 'base' could not compute this request");
        Assert.DoesNotContain("broken", problem.ToString(), StringComparison.Ordinal);

        host.Engine.OnBatch = _ => { };
        using HttpResponseMessage next = await host.PostAsync(TestHost.Body());
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
        Assert.Equal(0, host.Endpoint().Load.Rows);
    }

    [Fact]
    public async Task Invoke_EngineThrowsOnTheFirstBatchOfSeveral_TheRestIsNotComputed()
    {
        await using TestHost host = await TestHost.StartAsync(("Endpoints:Defaults:MaxBatchRows", "2"));
        host.Engine.Batches.Clear();
        host.Engine.OnBatch = _ => throw new InvalidOperationException("broken");

        using HttpResponseMessage failed = await host.PostAsync(TestHost.Many(6, 6, 6, 6, 6));

        await TestHost.AssertProblem(failed, HttpStatusCode.InternalServerError, "could not compute");
        Assert.Single(host.Engine.Batches);
        Assert.Equal((0, 0, 0L), (host.Endpoint().Load.Rows, host.Endpoint().Load.QueuedRows, host.Endpoint().Load.Waiting().Tokens));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public async Task Invoke_LogitIsNoNumber_Is500ThatNamesTheEndpoint(float logit)
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Engine.Logit = (row, _) => row == 1 ? logit : 0;

        using HttpResponseMessage response = await host.PostAsync(TestHost.Many(6, 6));

        await TestHost.AssertProblem(response, HttpStatusCode.InternalServerError, "Endpoint 'base' computed a result that is not a finite number");
    }

    [Fact]
    public async Task Invoke_FiveMegabytesOfPairs_IsAnswered()
    {
        await using TestHost host = await TestHost.StartAsync();
        string text = new('a', 2_500_000);

        using HttpResponseMessage response = await host.PostAsync($$"""{"premise": "{{text}}", "hypothesis": "{{text}}"}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Invoke_RequestTimeoutPassesInTheQueue_Is504AndNeverComputed()
    {
        var time = new ManualTimeProvider();
        await using TestHost host = await TestHost.StartAsync(new FakeEngine(), time, ("Endpoints:Defaults:RequestTimeout", "00:00:01"));
        host.Engine.Hold();
        Task<HttpResponseMessage> running = host.PostAsync(TestHost.Body(word: 10));
        await host.Engine.BatchStarted();
        Task<HttpResponseMessage> queued = (await host.QueueAsync("base", TestHost.Body(word: 20)))[0];
        await TestHost.Until(() => time.Waiting == 2);

        time.Advance(TimeSpan.FromSeconds(1));

        await TestHost.AssertProblem(await queued, HttpStatusCode.GatewayTimeout, "no answer within the limit of 1000 ms");
        await TestHost.AssertProblem(await running, HttpStatusCode.GatewayTimeout, "no answer within the limit");
        host.Engine.Release();
        await TestHost.Until(() => host.Endpoint().Load.Rows == 0);
        Assert.Equal([10], host.Engine.Batches.Select(batch => batch.FirstWords.Single()));
    }
}
