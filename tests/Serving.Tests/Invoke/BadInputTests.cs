using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Endpoints.Serving.Tests.Support;

namespace Endpoints.Serving.Tests.Invoke;

/// <summary>Whatever is wrong with a request is a 4xx problem that says what to send instead.</summary>
public sealed class BadInputTests : IClassFixture<BadInputTests.Host>
{
    private readonly TestHost _host;

    public BadInputTests(Host host) => _host = host.Value;

    public static TheoryData<string, string> Bodies => new()
    {
        { "", "The body is empty." },
        { " ", "not valid JSON" },
        { "{", "not valid JSON, or nested too deeply: it breaks at line 1, byte 2." },
        { "hello", "not valid JSON" },
        { """{"premise": "a", "hypothesis": "b",}""", "not valid JSON" },
        { """{"premise": "a", "hypothesis": "b"} x""", "not valid JSON" },
        { """{"premise": "a", "hypothesis": "b"}{}""", "not valid JSON" },
        { """{'premise': 'a'}""", "not valid JSON" },
        { "{\"premise\": \"a\nb\", \"hypothesis\": \"c\"}", "not valid JSON" },
        { "null", "must be a JSON object, null was found" },
        { "[]", "must be a JSON object, an array was found" },
        { "\"a\"", "must be a JSON object, a string was found" },
        { "17", "must be a JSON object, a number was found" },
        { "{}", "premise is missing" },
        { """{"premise": "a"}""", "hypothesis is missing" },
        { """{"hypothesis": "a"}""", "premise is missing" },
        { """{"premise": 1, "hypothesis": "b"}""", "premise must be a string, a number was found" },
        { """{"premise": null, "hypothesis": "b"}""", "premise must be a string, null was found" },
        { """{"premise": ["a"], "hypothesis": "b"}""", "premise must be a string, an array was found" },
        { """{"premise": {"a": 1}, "hypothesis": "b"}""", "premise must be a string, an object was found" },
        { """{"premise": "a", "hypothesis": true}""", "hypothesis must be a string, a boolean was found" },
        { """{"premise": "", "hypothesis": "b"}""", "premise must not be empty" },
        { """{"premise": "a", "hypothesis": " \t "}""", "hypothesis must not be empty" },
        { """{"text": ""}""", "text must not be empty" },
        { """{"premise": "a", "premise": "b", "hypothesis": "c"}""", "premise appears twice" },
        { """{"Premise": "a", "hypothesis": "b"}""", "'Premise' is not a field; the fields are premise, hypothesis, text, pairs, deadline_ms, priority and min_accuracy" },
        { """{"premise": "a", "hypothesis": "b", "extra": 1}""", "'extra' is not a field" },
        { """{"inputs": "a"}""", "'inputs' is not a field" },
        { """{"text": "a", "premise": "b", "hypothesis": "c"}""", "text stands beside premise or hypothesis" },
        { """{"pairs": [], "premise": "a"}""", "pairs is empty" },
        { """{"pairs": []}""", "pairs is empty" },
        { """{"pairs": {}}""", "pairs must be an array, an object was found" },
        { """{"pairs": "a"}""", "pairs must be an array, a string was found" },
        { """{"pairs": [1]}""", "pairs[0] must be an object, a number was found" },
        { """{"pairs": [["a", "b"]]}""", "pairs[0] must be an object, an array was found" },
        { """{"pairs": [{"premise": "a", "hypothesis": "b"}, {"premise": "a"}]}""", "pairs[1].hypothesis is missing" },
        { """{"pairs": [{"premise": "a", "hypothesis": 2}]}""", "pairs[0].hypothesis must be a string, a number was found" },
        { """{"pairs": [{"pairs": []}]}""", "pairs[0].'pairs' is not a field; the fields are premise, hypothesis and text" },
        { """{"pairs": [{"text": "a"}], "text": "b"}""", "both pairs and a single input" },
        { """{"pairs": [{"text": "a"}], "pairs": []}""", "pairs appears twice" },
        { """{"pairs": [{"text": "a"}""", "not valid JSON" },
        { """{"premise": "\ud800", "hypothesis": "b"}""", "not valid Unicode" },
        { """{"premise": "a\udc00b", "hypothesis": "b"}""", "not valid Unicode" },
        { """{"\ud800": "a"}""", "not valid Unicode" },
        { """{"premise": "\q", "hypothesis": "b"}""", "not valid JSON" },
        { $$"""{"pairs": {{new string('[', 100_000)}}""", "pairs[0] must be an object" },
        { new string('[', 100_000), "must be a JSON object" },
        { string.Concat(Enumerable.Repeat("""{"premise":""", 20_000)), "premise must be a string, an object was found" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Body_Wrong_Is400ThatSaysWhy(string body, string detail)
    {
        using HttpResponseMessage response = await _host.PostAsync(body);

        JsonElement problem = await TestHost.AssertProblem(response, HttpStatusCode.BadRequest, detail);
        Assert.Contains("""{"premise": "A dog runs.", "hypothesis": "An animal moves."}""", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0xC3, 0x28 })]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xF4, 0x90, 0x80, 0x80 })]
    public async Task Body_BytesThatAreNotUtf8_Is400(byte[] bytes)
    {
        byte[] body = [.. "{\"premise\": \"a"u8, .. bytes, .. "\", \"hypothesis\": \"b\"}"u8];

        using HttpResponseMessage response = await PostAsync(body, "application/json");

        await TestHost.AssertProblem(response, HttpStatusCode.BadRequest, "not valid Unicode");
    }

    [Fact]
    public async Task Body_Utf16_Is400()
    {
        using HttpResponseMessage response = await PostAsync(Encoding.Unicode.GetBytes(TestHost.Body()), "application/json");

        await TestHost.AssertProblem(response, HttpStatusCode.BadRequest, "not valid JSON");
    }

    [Fact]
    public async Task Pairs_OneTooMany_Is400()
    {
        using HttpResponseMessage most = await _host.PostAsync(TestHost.Many([.. Enumerable.Repeat(6, 16)]));
        Assert.Equal(HttpStatusCode.OK, most.StatusCode);

        using HttpResponseMessage response = await _host.PostAsync(TestHost.Many([.. Enumerable.Repeat(6, 17)]));

        await TestHost.AssertProblem(response, HttpStatusCode.BadRequest, "pairs has more than the 16 pairs that one request may have");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("nonsense")]
    public async Task ContentType_NotJson_Is415(string type)
    {
        using HttpResponseMessage response = await PostAsync(Encoding.UTF8.GetBytes(TestHost.Body()), type);

        await TestHost.AssertProblem(response, HttpStatusCode.UnsupportedMediaType, "send JSON in UTF-8 with the header Content-Type: application/json");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("Application/JSON")]
    [InlineData("application/vnd.test+json; charset=\"UTF-8\"")]
    public async Task ContentType_JsonOrNone_IsAnswered(string? type)
    {
        using HttpResponseMessage response = await PostAsync(Encoding.UTF8.GetBytes(TestHost.Body()), type);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task ContentEncoding_Gzip_Is415()
    {
        var content = new ByteArrayContent([0x1F, 0x8B, 8]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.ContentEncoding.Add("gzip");

        using HttpResponseMessage response = await _host.Client.PostAsync("/invoke", content);

        await TestHost.AssertProblem(response, HttpStatusCode.UnsupportedMediaType, "Content-Encoding is 'gzip'; send it uncompressed");
    }

    [Theory]
    [InlineData(1_048_577)]
    [InlineData(10_000_000)]
    public async Task Body_OverTheLimit_Is413(int bytes)
    {
        using HttpResponseMessage response = await PostAsync(new byte[bytes], "application/json");

        await TestHost.AssertProblem(response, HttpStatusCode.RequestEntityTooLarge, "longer than the limit of 1,048,576 bytes");
    }

    [Fact]
    public async Task Body_ChunkedOverTheLimit_Is413()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/invoke") { Content = new ByteArrayContent(new byte[10_000_000]) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TransferEncodingChunked = true;

        using HttpResponseMessage response = await _host.Client.SendAsync(request);

        await TestHost.AssertProblem(response, HttpStatusCode.RequestEntityTooLarge, "longer than the limit");
    }

    [Fact]
    public async Task Body_BrokenChunk_Is400()
    {
        using var client = new RawClient(_host.Address);

        await client.SendAsync("POST /invoke HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nxyz\r\n");

        string answer = await client.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/invoke", "POST")]
    [InlineData("PUT", "/invoke", "POST")]
    [InlineData("DELETE", "/endpoints/base/invoke", "POST")]
    [InlineData("POST", "/endpoints", "GET, HEAD")]
    [InlineData("POST", "/health/ready", "GET, HEAD")]
    [InlineData("POST", "/metrics", "GET, HEAD")]
    [InlineData("POST", "/", "GET, HEAD")]
    public async Task Method_Wrong_Is405ThatNamesTheRightOne(string method, string path, string allowed)
    {
        using HttpResponseMessage response = await _host.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        await TestHost.AssertProblem(response, HttpStatusCode.MethodNotAllowed, $"does not take {method}; use {allowed}.");
        Assert.Equal(allowed, string.Join(", ", response.Content.Headers.Allow));
    }

    [Theory]
    [InlineData("/v1/nothing")]
    [InlineData("/favicon.ico")]
    [InlineData("/endpoints/base/invoke/more")]
    public async Task Path_Unknown_Is404ThatListsRoutes(string path)
    {
        using HttpResponseMessage response = await _host.PostAsync(TestHost.Body(), path);

        await TestHost.AssertProblem(response, HttpStatusCode.NotFound, $"There is nothing at '{path}'; POST a pair to /invoke");
    }

    private Task<HttpResponseMessage> PostAsync(byte[] body, string? type)
    {
        var content = new ByteArrayContent(body);
        if (type is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        return _host.Client.PostAsync("/invoke", content);
    }

    public sealed class Host : IAsyncLifetime
    {
        internal TestHost Value { get; private set; } = null!;

        public async Task InitializeAsync() => Value = await TestHost.StartAsync(
            ("Endpoints:Server:MaxPairs", "16"), ("Endpoints:Server:MaxRequestBytes", "1048576"));

        public async Task DisposeAsync() => await Value.DisposeAsync();
    }
}
