using System.Net;
using System.Text;
using System.Text.Json;
using Endpoints.Serving.Tests.Support;
using Endpoints.Tests;
using Microsoft.Extensions.Options;

namespace Endpoints.Serving.Tests.Access;

public sealed class AccessTests : IDisposable
{
    private const string Alice = "alice-has-this-key";
    private const string Bob = "bob-has-another-key";

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _time = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Authorization", $"Bearer {Alice}")]
    [InlineData("Authorization", $"bearer  {Alice}")]
    [InlineData("X-Api-Key", Alice)]
    public async Task Request_WithAKey_IsAnswered(string header, string value)
    {
        await using TestHost host = await StartAsync($"alice {Alice}\nbob {Bob}");

        using HttpResponseMessage answer = await SendAsync(host, HttpMethod.Post, "/invoke", (header, value));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(answer.Headers.Contains("RateLimit"));
    }

    [Theory]
    [InlineData(null, null, "send the header Authorization: Bearer KEY, or X-Api-Key: KEY")]
    [InlineData("Authorization", "Basic YWxpY2U6eA==", "send the header Authorization: Bearer KEY")]
    [InlineData("Authorization", "Bearer alice-has-this-keY", "none of this server's")]
    [InlineData("Authorization", "Bearer ", "send the header Authorization: Bearer KEY")]
    [InlineData("X-Api-Key", "alice-has-this-ke", "none of this server's")]
    [InlineData("X-Api-Key", "", "none of this server's")]
    public async Task Request_WithoutARightKey_Is401OnEveryRouteButHealth(string? header, string? value, string detail)
    {
        await using TestHost host = await StartAsync($"alice {Alice}");
        (string, string)[] headers = header is null ? [] : [(header, value!)];

        foreach ((HttpMethod method, string path) in ((HttpMethod, string)[])[(HttpMethod.Post, "/invoke"), (HttpMethod.Get, "/endpoints"), (HttpMethod.Get, "/metrics"), (HttpMethod.Get, "/nothing")])
        {
            using HttpResponseMessage refused = await SendAsync(host, method, path, headers);
            await TestHost.AssertProblem(refused, HttpStatusCode.Unauthorized, detail);
            Assert.Equal("Bearer", refused.Headers.WwwAuthenticate.ToString());
        }

        Assert.DoesNotContain(host.Engine.Batches, batch => batch.RowLengths is [6]);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(host, HttpMethod.Get, "/health/live", headers)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(host, HttpMethod.Get, "/health/ready", headers)).StatusCode);
    }

    [Theory]
    [InlineData("/v2/models/base/infer", """{"error":"This server answers""")]
    [InlineData("/predict", """{"error":"This server answers""")]
    [InlineData("/endpoints/base/invocations", "\"message\":\"This server answers")]
    public async Task Request_OfAnotherProtocolWithoutAKey_IsRefusedInItsShape(string path, string expected)
    {
        await using TestHost host = await StartAsync($"alice {Alice}");

        using HttpResponseMessage refused = await SendAsync(host, HttpMethod.Post, path);

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Contains(expected, await refused.Content.ReadAsStringAsync(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Request_WithAKeyLongerThanAny_Is401()
    {
        await using TestHost host = await StartAsync($"alice {Alice}");

        using HttpResponseMessage refused = await SendAsync(host, HttpMethod.Post, "/invoke", ("X-Api-Key", new string('a', 20_000)));

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task AllowAnonymous_RequestsWithoutAKeyPassAndWrongKeysDoNot()
    {
        await using TestHost host = await StartAsync($"alice {Alice}", ("Endpoints:Access:AllowAnonymous", "true"));

        Assert.Equal(HttpStatusCode.OK, (await SendAsync(host, HttpMethod.Post, "/invoke")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(host, HttpMethod.Post, "/invoke", ("X-Api-Key", Alice))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(host, HttpMethod.Post, "/invoke", ("X-Api-Key", Bob))).StatusCode);
    }

    [Fact]
    public async Task OpenMetrics_NeedNoKey()
    {
        await using TestHost host = await StartAsync($"alice {Alice}", ("Endpoints:Access:OpenMetrics", "true"));

        Assert.Equal(HttpStatusCode.OK, (await SendAsync(host, HttpMethod.Get, "/metrics")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(host, HttpMethod.Get, "/endpoints")).StatusCode);
    }

    [Fact]
    public async Task RequestQuota_Spent_Is429UntilRetryAfter()
    {
        await using TestHost host = await StartAsync($"alice {Alice} requests=0.5 burst=2\nbob {Bob}");
        using HttpResponseMessage first = await InvokeAsync(host, Alice);
        Assert.Equal("\"requests\";q=2;w=4", first.Headers.GetValues("RateLimit-Policy").Single());
        Assert.Equal("\"requests\";r=1", first.Headers.GetValues("RateLimit").Single());
        using HttpResponseMessage second = await InvokeAsync(host, Alice);
        Assert.Equal("\"requests\";r=0", second.Headers.GetValues("RateLimit").Single());

        using HttpResponseMessage refused = await InvokeAsync(host, Alice);

        JsonElement problem = await TestHost.AssertProblem(refused, HttpStatusCode.TooManyRequests, "The key 'alice' has used up its quota of requests a second. Send the request again after 2 s.");
        Assert.Equal("quota", problem.GetProperty("reason").GetString());
        Assert.Equal("2", refused.Headers.GetValues("Retry-After").Single());
        Assert.Equal("ThrottlingException", refused.Headers.GetValues("x-amzn-ErrorType").Single());
        Assert.Equal("\"requests\";r=0", refused.Headers.GetValues("RateLimit").Single());
        Assert.Equal(HttpStatusCode.OK, (await InvokeAsync(host, Bob)).StatusCode);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.OK, (await InvokeAsync(host, Alice)).StatusCode);
    }

    [Fact]
    public async Task ComputeQuota_Spent_Is429UntilItHasFilledUpAgain()
    {
        await using TestHost host = await StartAsync($"alice {Alice} compute=0.5");
        host.Engine.OnBatch = _ => _time.Advance(TimeSpan.FromSeconds(1.5));
        using HttpResponseMessage dear = await InvokeAsync(host, Alice);
        Assert.Equal(HttpStatusCode.OK, dear.StatusCode);
        Assert.Equal("\"compute-ms\";q=500;w=1", dear.Headers.GetValues("RateLimit-Policy").Single());
        Assert.Equal("\"compute-ms\";r=0", dear.Headers.GetValues("RateLimit").Single());

        // It started with 0.5 s, and 1.5 s were spent while it was full: 1 s short, at half a second for each second.
        using HttpResponseMessage refused = await InvokeAsync(host, Alice);

        await TestHost.AssertProblem(refused, HttpStatusCode.TooManyRequests, "The key 'alice' has used up its quota of compute time. Send the request again after 3 s.");
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(HttpStatusCode.OK, (await InvokeAsync(host, Alice)).StatusCode);
    }

    [Fact]
    public async Task Compute_OfASharedBatch_IsChargedByTokens()
    {
        await using TestHost host = await StartAsync($"alice {Alice}\nbob {Bob}", ("Endpoints:Defaults:MaxQueueDelay", "00:01:00"));
        host.Engine.Hold();
        Task<HttpResponseMessage> running = InvokeAsync(host, Alice);
        await host.Engine.BatchStarted();
        Task<HttpResponseMessage> one = InvokeAsync(host, Alice, tokens: 10);
        await TestHost.Until(() => host.Endpoint().Load.QueuedRows == 1);
        Task<HttpResponseMessage> other = InvokeAsync(host, Bob, tokens: 30);
        await TestHost.Until(() => host.Endpoint().Load.QueuedRows == 2);
        host.Engine.OnBatch = batch => _time.Advance(TimeSpan.FromSeconds(batch.TokenCount));
        host.Engine.Release();
        await Task.WhenAll(running, one, other);

        Dictionary<string, double> samples = Scrape.Parse(await (await SendAsync(host, HttpMethod.Get, "/metrics", ("X-Api-Key", Bob))).Content.ReadAsStringAsync());
        Assert.Equal(6 + 10, samples["""endpoints_key_compute_seconds_total{key="alice"}"""], 1e-6);
        Assert.Equal(30, samples["""endpoints_key_compute_seconds_total{key="bob"}"""], 1e-6);
    }

    [Fact]
    public async Task Metrics_ByNameOfKey_CountWhatTheClientsSaw()
    {
        await using TestHost host = await StartAsync($"alice {Alice} requests=1 burst=3\nbob {Bob}", ("Endpoints:Access:OpenMetrics", "true"));
        Dictionary<string, double> before = await Scrape.OfAsync(host);
        Assert.All(["no_key", "unknown_key", "quota"], reason => Assert.Equal(0, before[$$"""endpoints_refused_total{reason="{{reason}}"}"""]));
        Assert.Equal(0, before["""endpoints_key_requests_total{code="200",key="bob"}"""]);
        Assert.Equal(0, before["""endpoints_key_requests_total{code="429",key="bob"}"""]);
        Assert.Equal(0, before["""endpoints_key_compute_seconds_total{key="bob"}"""]);

        for (int i = 0; i < 5; i++)
        {
            (await InvokeAsync(host, Alice)).Dispose();
            (await InvokeAsync(host, "nobody-has-this-key")).Dispose();
            (await host.PostAsync(TestHost.Body())).Dispose();
            (await SendAsync(host, HttpMethod.Get, "/nothing", ("X-Api-Key", Bob))).Dispose();
        }

        string text = await host.Client.GetStringAsync("/metrics");
        Assert.DoesNotContain(Alice, text, StringComparison.Ordinal);
        Dictionary<string, double> samples = Scrape.Parse(text);
        Assert.Equal(3, samples["""endpoints_key_requests_total{code="200",key="alice"}"""]);
        Assert.Equal(2, samples["""endpoints_key_requests_total{code="429",key="alice"}"""]);
        Assert.Equal(5, samples["""endpoints_key_requests_total{code="404",key="bob"}"""]);
        Assert.Equal((5, 5, 2), (samples["""endpoints_refused_total{reason="no_key"}"""], samples["""endpoints_refused_total{reason="unknown_key"}"""], samples["""endpoints_refused_total{reason="quota"}"""]));
        Assert.Equal(3, samples["""endpoints_requests_total{endpoint="base",outcome="ok"}"""]);
    }

    [Theory]
    [InlineData("", "has no key; write NAME KEY on a line of its own")]
    [InlineData("alice short", "line 1: key 'alice' has 5 characters")]
    [InlineData($"alice {Alice}\nalice {Bob}", "More than one API key is named 'alice'")]
    [InlineData($"alice {Alice}\nbob {Alice}", "The API keys 'alice' and 'bob' are the same")]
    [InlineData(null, "cannot be read")]
    public async Task Start_WrongKeyFile_IsRefusedWithTheReason(string? text, string expected)
    {
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(text));

        Assert.Contains(expected, Assert.Single(exception.Failures), StringComparison.Ordinal);
        Assert.DoesNotContain(Alice, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_BeyondThisMachineWithoutKeys_Returns2AndSaysWhatToDo()
    {
        var error = new StringWriter();
        var engine = new FakeEngine();
        ServingSettings settings = TestHost.Settings(null, ("urls", "http://0.0.0.0:0")) with { Error = error };

        int code = await ServingHost.RunAsync(engine, TestHost.Base(), settings, CancellationToken.None).WaitAsync(TestHost.Patience);

        Assert.Equal(2, code);
        Assert.StartsWith("The server would listen on http://0.0.0.0:0, where other machines reach it, and it has no API keys.", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Alice, null, HttpStatusCode.Created, "")]
    [InlineData(Alice, "false", HttpStatusCode.Forbidden, "set Endpoints:Server:Management to true")]
    [InlineData(Bob, null, HttpStatusCode.Forbidden, "The API key 'bob' may not change endpoints; add 'manage' to its line")]
    [InlineData(Bob, "true", HttpStatusCode.Forbidden, "The API key 'bob' may not change endpoints")]
    [InlineData(null, "true", HttpStatusCode.Forbidden, "send one that has 'manage' on its line")]
    public async Task Management_OnAServerWithKeys_IsARightOfAKey(string? key, string? management, HttpStatusCode status, string detail)
    {
        (string, string)[] configuration = [("Endpoints:Access:AllowAnonymous", "true"), .. management is null ? Array.Empty<(string, string)>() : [("Endpoints:Server:Management", management)]];
        await using TestHost host = await StartAsync($"alice {Alice} manage\nbob {Bob}", configuration);
        (string, string)[] headers = key is null ? [] : [("X-Api-Key", key)];

        using HttpResponseMessage put = await SendAsync(host, HttpMethod.Put, "/endpoints/half", """{"of": "base", "subNetwork": "small:l=1,h=1,u=8"}""", headers);
        using HttpResponseMessage delete = await SendAsync(host, HttpMethod.Delete, "/endpoints/half", headers);
        using HttpResponseMessage load = await SendAsync(host, HttpMethod.Post, "/models", """{"model_name": "base", "url": "x"}""", headers);

        if (status == HttpStatusCode.Created)
        {
            Assert.Equal((status, HttpStatusCode.NoContent, HttpStatusCode.Conflict), (put.StatusCode, delete.StatusCode, load.StatusCode));
            return;
        }

        foreach (HttpResponseMessage refused in (HttpResponseMessage[])[put, delete, load])
        {
            await TestHost.AssertProblem(refused, status, detail);
        }
    }

    private Task<TestHost> StartAsync(string? keys, params (string Key, string Value)[] configuration)
    {
        string file = _folder.File("keys.txt");
        if (keys is not null)
        {
            File.WriteAllText(file, keys);
        }

        return TestHost.StartAsync(new FakeEngine(), _time, [("Endpoints:Access:KeyFile", file), .. configuration]);
    }

    private static Task<HttpResponseMessage> InvokeAsync(TestHost host, string key, int tokens = 6) =>
        SendAsync(host, HttpMethod.Post, "/invoke", TestHost.Body(tokens), ("X-Api-Key", key));

    private static Task<HttpResponseMessage> SendAsync(TestHost host, HttpMethod method, string path, params (string Name, string Value)[] headers) =>
        SendAsync(host, method, path, TestHost.Body(), headers);

    private static Task<HttpResponseMessage> SendAsync(TestHost host, HttpMethod method, string path, string body, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        if (method == HttpMethod.Post || method == HttpMethod.Put)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return host.Client.SendAsync(request);
    }
}
