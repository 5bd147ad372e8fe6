using System.Net;
using System.Text;
using Endpoints.Serving.Tests.Support;
using Endpoints.Tests;
using Microsoft.Extensions.Options;

namespace Endpoints.Serving.Tests.Cors;

public sealed class CrossOriginTests : IDisposable
{
    private const string Page = "https://app.example.com";
    private const string Key = "alice-has-this-key";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Default_NoOriginIsAllowed()
    {
        await using TestHost host = await TestHost.StartAsync();

        using HttpResponseMessage preflight = await PreflightAsync(host, Page, "POST", "content-type");
        using HttpResponseMessage answer = await SendAsync(host, HttpMethod.Post, "/invoke", TestHost.Body(), ("Origin", Page));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, preflight.StatusCode);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.All((HttpResponseMessage[])[preflight, answer], each => Assert.False(each.Headers.Contains("Access-Control-Allow-Origin")));
    }

    [Theory]
    [InlineData("/invoke")]
    [InlineData("/endpoints/base/invocations")]
    [InlineData("/v2/models/base/infer")]
    [InlineData("/predict")]
    public async Task Preflight_OfAServerThatAsksForKeys_IsAnsweredWithoutOne(string path)
    {
        await using TestHost host = await StartAsync($"alice {Key}", ("Endpoints:Server:AllowedOrigins:0", Page), ("Endpoints:Access:OpenMetrics", "true"));

        using HttpResponseMessage preflight = await PreflightAsync(host, Page, "POST", "authorization,content-type,x-deadline-ms", path);

        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.Equal(Page, preflight.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal("POST", preflight.Headers.GetValues("Access-Control-Allow-Methods").Single());
        Assert.Equal("authorization,content-type,x-deadline-ms", preflight.Headers.GetValues("Access-Control-Allow-Headers").Single());
        Assert.Equal("600", preflight.Headers.GetValues("Access-Control-Max-Age").Single());
        Assert.False(preflight.Headers.Contains("Access-Control-Allow-Credentials"));
        Assert.Equal(0, (await Scrape.OfAsync(host))["""endpoints_refused_total{reason="no_key"}"""]);
    }

    [Theory]
    [InlineData(Page, Page)]
    [InlineData("http://localhost:3000", "http://localhost:3000")]
    [InlineData("https://app.example.com:8443", null)]
    [InlineData("http://app.example.com", null)]
    [InlineData("https://evil.example.com", null)]
    [InlineData("null", null)]
    public async Task Origin_ThatIsNamed_AndNoOther_IsAllowed(string origin, string? allowed)
    {
        await using TestHost host = await StartAsync(null, ("Endpoints:Server:AllowedOrigins:0", "HTTPS://App.Example.Com"), ("Endpoints:Server:AllowedOrigins:1", "http://localhost:3000"));

        using HttpResponseMessage preflight = await PreflightAsync(host, origin, "POST", "content-type");
        using HttpResponseMessage answer = await SendAsync(host, HttpMethod.Post, "/invoke", TestHost.Body(), ("Origin", origin));

        foreach (HttpResponseMessage each in (HttpResponseMessage[])[preflight, answer])
        {
            Assert.Equal(allowed, each.Headers.TryGetValues("Access-Control-Allow-Origin", out IEnumerable<string>? values) ? values.Single() : null);
            Assert.Equal(allowed is not null, each.Headers.Vary.Contains("Origin"));
        }
    }

    [Fact]
    public async Task Star_AllowsEveryOrigin()
    {
        await using TestHost host = await StartAsync(null, ("Endpoints:Server:AllowedOrigins:0", "*"));

        using HttpResponseMessage answer = await SendAsync(host, HttpMethod.Post, "/invoke", TestHost.Body(), ("Origin", "https://anybody.example"));

        Assert.Equal("*", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    [Theory]
    [InlineData("""{"text": "a"}""", "/invoke", HttpStatusCode.OK)]
    [InlineData("{", "/invoke", HttpStatusCode.BadRequest)]
    [InlineData("{", "/nothing", HttpStatusCode.NotFound)]
    [InlineData("""{"text": "a", "deadline_ms": 1}""", "/invoke", HttpStatusCode.GatewayTimeout)]
    [InlineData("""{"text": "a"}""", "/endpoints/full/invoke", HttpStatusCode.TooManyRequests)]
    [InlineData("""{"text": "a"}""", "/endpoints/full/invocations", HttpStatusCode.TooManyRequests)]
    public async Task Answer_WhateverItIs_CanBeReadByTheScript(string body, string path, HttpStatusCode status)
    {
        await using TestHost host = await StartAsync(null, ("Endpoints:Server:AllowedOrigins:0", Page), ("Endpoints:Server:MaxPairs", "1"), ("Endpoints:ByName:full:MaxConcurrency", "1"));
        host.Engine.Hold();
        Task<HttpResponseMessage> running = host.PostAsync(TestHost.Body(), "/endpoints/full/invoke");
        await host.Engine.BatchStarted();

        // While the one lane is held, nothing is computed: what is not refused is answered once it goes on.
        Task<HttpResponseMessage> asked = SendAsync(host, HttpMethod.Post, path, body, ("Origin", Page));
        if (status == HttpStatusCode.OK)
        {
            await TestHost.Until(() => host.Endpoint().Load.QueuedRows > 0);
            host.Engine.Release();
        }

        using HttpResponseMessage answer = await asked;

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(Page, answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
        string[] exposed = answer.Headers.GetValues("Access-Control-Expose-Headers").Single().Split(',');
        string[] own = ["Retry-After", "Server-Timing", "X-Answered-By", "X-Accuracy", "X-Escalated", "x-amzn-ErrorType", "x-amzn-RequestId", "x-Amzn-Invoked-Production-Variant", "RateLimit"];
        Assert.Empty(own.Except(exposed));

        // Every header that a script would not see unasked is among them.
        string[] safe = ["Date", "Server", "Transfer-Encoding", "Vary", "Connection", "Access-Control-Allow-Origin", "Access-Control-Expose-Headers"];
        Assert.Empty(answer.Headers.Select(header => header.Key).Except(safe).Except(exposed, StringComparer.OrdinalIgnoreCase));
        host.Engine.Release();
        await running;
    }

    [Theory]
    [InlineData("https://app.example.com/", "Endpoints:Server:AllowedOrigins:0 must be an origin as browsers send it, without a path, such as https://app.example.com or http://localhost:3000, or * alone for every one (found 'https://app.example.com/').")]
    [InlineData("app.example.com", "Endpoints:Server:AllowedOrigins:0 must be an origin as browsers send it")]
    [InlineData("ftp://app.example.com", "Endpoints:Server:AllowedOrigins:0 must be an origin as browsers send it")]
    [InlineData("https://app.example.com:443", "Endpoints:Server:AllowedOrigins:0 must be an origin as browsers send it")]
    [InlineData("https://me@app.example.com", "Endpoints:Server:AllowedOrigins:0 must be an origin as browsers send it")]
    [InlineData("https://*.example.com", "Endpoints:Server:AllowedOrigins:0 must be an origin as browsers send it")]
    [InlineData("null", "Endpoints:Server:AllowedOrigins:0 must be an origin as browsers send it")]
    [InlineData("", "Endpoints:Server:AllowedOrigins:0 must be an origin as browsers send it")]
    [InlineData("*", "Endpoints:Server:AllowedOrigins:0 must be an origin as browsers send it")]
    public async Task Start_NotAnOrigin_SaysWhatOneIs(string origin, string expected)
    {
        (string, string)[] others = origin == "*" ? [("Endpoints:Server:AllowedOrigins:1", Page)] : [];

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(null, [("Endpoints:Server:AllowedOrigins:0", origin), .. others]));

        Assert.StartsWith(expected, Assert.Single(exception.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_NoList_SaysHowToWriteOne()
    {
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(null, ("Endpoints:Server:AllowedOrigins", Page)));

        Assert.StartsWith("Endpoints:Server:AllowedOrigins must be a list: set Endpoints:Server:AllowedOrigins:0 to the first origin", Assert.Single(exception.Failures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://anybody.example", false)]
    [InlineData("null", false)]
    [InlineData(null, true)]
    public async Task Management_WithoutKeys_IsNotForPagesOfOtherOrigins(string? origin, bool isAllowed)
    {
        await using TestHost host = await StartAsync(null, ("Endpoints:Server:AllowedOrigins:0", "*"), ("Endpoints:Server:Management", "true"));
        string sent = origin ?? host.Address.GetLeftPart(UriPartial.Authority);

        using HttpResponseMessage put = await SendAsync(host, HttpMethod.Put, "/endpoints/new", """{"of": "base"}""", ("Origin", sent));
        using HttpResponseMessage load = await SendAsync(host, HttpMethod.Post, "/models", """{"model_name": "base", "url": "x"}""", ("Origin", sent));

        if (isAllowed)
        {
            Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Conflict), (put.StatusCode, load.StatusCode));
            return;
        }

        await TestHost.AssertProblem(put, HttpStatusCode.Forbidden, $"A page of the origin '{origin}' may not change endpoints of a server that asks for no keys");
        await TestHost.AssertProblem(load, HttpStatusCode.Forbidden, "may not change endpoints");
    }

    [Fact]
    public async Task Management_WithAKeyThatMay_IsForAnyAllowedPage()
    {
        await using TestHost host = await StartAsync($"alice {Key} manage", ("Endpoints:Server:AllowedOrigins:0", Page));

        using HttpResponseMessage put = await SendAsync(host, HttpMethod.Put, "/endpoints/new", """{"of": "base"}""", ("Origin", Page), ("X-Api-Key", Key));

        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
    }

    private Task<TestHost> StartAsync(string? keys, params (string Key, string Value)[] configuration)
    {
        string file = _folder.File("keys.txt");
        if (keys is not null)
        {
            File.WriteAllText(file, keys);
        }

        var tokenizer = new FakeTokenizer();
        EndpointDefinition[] one = TestHost.Base(tokenizer);
        return TestHost.StartAsync(
            new FakeEngine(),
            tokenizer,
            [.. one, one[0] with { Name = "full" }],
            TestHost.Settings(null, [.. configuration, .. keys is null ? Array.Empty<(string, string)>() : [("Endpoints:Access:KeyFile", file)]]));
    }

    private static Task<HttpResponseMessage> PreflightAsync(TestHost host, string origin, string method, string headers, string path = "/invoke") =>
        SendAsync(host, HttpMethod.Options, path, null, ("Origin", origin), ("Access-Control-Request-Method", method), ("Access-Control-Request-Headers", headers));

    private static Task<HttpResponseMessage> SendAsync(TestHost host, HttpMethod method, string path, string? body, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return host.Client.SendAsync(request);
    }
}
