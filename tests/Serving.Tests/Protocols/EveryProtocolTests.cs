using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Endpoints.Bert.SubNetworks;
using Endpoints.Serving.Tests.Support;
using Microsoft.AspNetCore.Builder;

namespace Endpoints.Serving.Tests.Protocols;

/// <summary>What every protocol must say alike, each in its own shape: full, too large, not ready.</summary>
public sealed class EveryProtocolTests
{
    private const string Pair = """{"premise": "w7 x", "hypothesis": "y"}""";

    private const string Tensors = """
        {"inputs": [{"name": "premise", "shape": [1], "datatype": "BYTES", "data": ["w7 x"]}, {"name": "hypothesis", "shape": [1], "datatype": "BYTES", "data": ["y"]}]}
        """;

    /// <summary>Path, a body that is right, the name of the field that holds the message, and its beginning in the errors.</summary>
    public static TheoryData<string, string, string> Routes => new()
    {
        { "/invoke", Pair, "detail" },
        { "/endpoints/base/invoke", Pair, "detail" },
        { "/endpoints/base/invocations", Pair, "message" },
        { "/invocations", Pair, "detail" },
        { "/models/base/invoke", Pair, "detail" },
        { "/v2/models/base/infer", Tensors, "error" },
        { "/v2/models/base/versions/1/infer", Tensors, "error" },
        { "/v1/models/base:predict", $$"""{"instances": [{{Pair}}]}""", "error" },
        { "/predict", """{"inputs": ["w7 x", "y"]}""", "error" },
        { "/endpoints/base/predict", """{"inputs": [["w7 x", "y"]]}""", "error" },
    };

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Full_Is429WithRetryAfterAndAMessage(string path, string body, string field)
    {
        await using TestHost host = await TestHost.StartAsync(("Endpoints:Defaults:MaxConcurrency", "1"), ("Endpoints:Server:MaxPairs", "1"));
        host.Engine.Hold();
        Task<HttpResponseMessage> running = host.PostAsync(TestHost.Body());
        await host.Engine.BatchStarted();

        using HttpResponseMessage response = await host.PostAsync(body, path);

        await AssertError(response, 429, field, "Endpoint 'base' is busy");
        Assert.Equal("1", response.Headers.GetValues("Retry-After").Single());
        host.Engine.Release();
        Assert.Equal(HttpStatusCode.OK, (await running).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync(body, path)).StatusCode);
        Dictionary<string, double> counts = await Scrape.OfAsync(host);
        Assert.Equal(1, counts["endpoints_requests_total{endpoint=\"base\",outcome=\"throttled\"}"]);
        Assert.Equal(2, counts["endpoints_requests_total{endpoint=\"base\",outcome=\"ok\"}"]);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Body_OneByteOverSixMebibytes_Is413(string path, string body, string field)
    {
        await using TestHost host = await TestHost.StartAsync();
        byte[] bytes = new byte[6_291_457];
        Array.Fill(bytes, (byte)' ');
        Encoding.UTF8.GetBytes(body, bytes);
        using HttpResponseMessage fits = await PostAsync(host, path, bytes[..^1]);
        Assert.Equal(HttpStatusCode.OK, fits.StatusCode);

        using HttpResponseMessage response = await PostAsync(host, path, bytes);

        await AssertError(response, 413, field, "The body is longer than the limit of 6,291,456 bytes");
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Warming_IsAnErrorThatSaysSo(string path, string body, string field)
    {
        var engine = new FakeEngine();
        engine.Hold();
        await using WebApplication app = ServingHost.Build(
            engine, [new("base", TestHost.CheckpointOf(TestHost.Config, new FakeTokenizer()), SubNetwork.Full(TestHost.Config))], TestHost.Settings(null));
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        using HttpResponseMessage response = await client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));

        bool isRuntime = path.EndsWith("base/invocations", StringComparison.Ordinal);
        await AssertError(response, isRuntime ? 429 : 503, field, "The server is warming");
        Assert.Equal("1", response.Headers.GetValues("Retry-After").Single());
        if (isRuntime)
        {
            Assert.Equal("ModelNotReadyException", response.Headers.GetValues("x-amzn-ErrorType").Single());
            Assert.Equal("1000", response.Headers.GetValues("x-amz-retry-after").Single());
        }

        foreach (string health in (string[])["/ping", "/health", "/v2/health/ready", "/v2/models/base/ready", "/v1/models/base"])
        {
            using HttpResponseMessage ready = await client.GetAsync(health);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
            Assert.Equal(JsonValueKind.Object, (await TestHost.JsonOf(ready)).ValueKind);
        }

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v2/health/live")).StatusCode);
        engine.Release();
        await app.StopAsync();
    }

    [Fact]
    public async Task Infer_PaddedTokens_AreComputedWithoutThePadding()
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Engine.Batches.Clear();

        using HttpResponseMessage response = await host.PostAsync(
            """
            {"inputs": [
              {"name": "input_ids", "shape": [2, 5], "datatype": "INT64", "data": [1, 7, 2, 0, 0, 1, 8, 9, 10, 2]},
              {"name": "attention_mask", "shape": [2, 5], "datatype": "INT64", "data": [[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]]}]}
            """,
            "/v2/models/base/infer");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        SeenBatch batch = host.Engine.Batches.Single();
        Assert.Equal([3, 5], batch.RowLengths);
        Assert.Equal([7, 8], batch.FirstWords);
        Assert.Equal(0, host.Tokenizer.Calls);
    }

    [Theory]
    [InlineData("""["w7", "w8"]""", new[] { 5 })]
    [InlineData("""[["w7", "w8"]]""", new[] { 5 })]
    [InlineData("""[["w7"], ["w8"]]""", new[] { 3, 3 })]
    [InlineData("""["w7"]""", new[] { 3 })]
    public async Task Predict_Nesting_TellsAPairFromABatch(string inputs, int[] lengths)
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Engine.Batches.Clear();

        using HttpResponseMessage response = await host.PostAsync($$"""{"inputs": {{inputs}}}""", "/predict");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(lengths, host.Engine.Batches.Single().RowLengths);
    }

    private static Task<HttpResponseMessage> PostAsync(TestHost host, string path, byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return host.Client.PostAsync(path, content);
    }

    private static async Task AssertError(HttpResponseMessage response, int status, string field, string message)
    {
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(status == (int)response.StatusCode, $"{(int)response.StatusCode}: {body}");
        Assert.StartsWith(message, JsonDocument.Parse(body).RootElement.GetProperty(field).GetString(), StringComparison.Ordinal);
    }
}
