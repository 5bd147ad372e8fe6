using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Serving.Catalog;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Endpoints.Serving.Tests.Support;

/// <summary>A served fake engine on a port of its own, with a client.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    /// <summary>How long a test waits for what must happen before it fails.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private TestHost(WebApplication app, FakeEngine engine, FakeTokenizer tokenizer)
    {
        (App, Engine, Tokenizer) = (app, engine, tokenizer);
        Address = new Uri(app.Urls.Single());
        Client = new HttpClient { BaseAddress = Address, Timeout = Patience };
    }

    public WebApplication App { get; }

    public FakeEngine Engine { get; }

    public FakeTokenizer Tokenizer { get; }

    public Uri Address { get; }

    public HttpClient Client { get; }

    /// <summary>A two-label model of 64 positions.</summary>
    public static BertConfig Config { get; } = BertConfig.Uniform(1000, 8, 2, 2, 16, 64, "entailment", "not_entailment");

    public static Checkpoint CheckpointOf(BertConfig config, FakeTokenizer tokenizer, EndpointMetadata? metadata = null) =>
        new() { Config = config, Parameters = new BertParameters(config), Tokenizer = tokenizer, Metadata = metadata };

    /// <summary>Settings of a quiet host on a free port, without a drain delay unless one is configured.</summary>
    public static ServingSettings Settings(TimeProvider? time, params (string Key, string Value)[] configuration)
    {
        var values = new Dictionary<string, string?> { ["urls"] = "http://127.0.0.1:0", ["Endpoints:Server:DrainDelay"] = "0" };
        foreach ((string key, string value) in configuration)
        {
            values[key] = value;
        }

        return new() { Configuration = values, TimeProvider = time ?? TimeProvider.System, ConfigureLogging = logging => logging.ClearProviders() };
    }

    /// <summary>Starts a host with one endpoint, <c>base</c>, and waits until it is warm.</summary>
    public static Task<TestHost> StartAsync(params (string Key, string Value)[] configuration) => StartAsync(new FakeEngine(), null, configuration);

    public static Task<TestHost> StartAsync(FakeEngine engine, TimeProvider? time, params (string Key, string Value)[] configuration)
    {
        var tokenizer = new FakeTokenizer();
        return StartAsync(engine, tokenizer, Base(tokenizer), Settings(time, configuration));
    }

    /// <summary>The one endpoint <c>base</c>.</summary>
    public static EndpointDefinition[] Base(FakeTokenizer? tokenizer = null) =>
        [new("base", CheckpointOf(Config, tokenizer ?? new FakeTokenizer()), SubNetwork.Full(Config))];

    /// <summary>Starts a host with two endpoints of one super-network: <c>base</c>, the default, and <c>pruned</c>.</summary>
    public static Task<TestHost> StartPairAsync(FakeEngine engine, TimeProvider? time, params (string Key, string Value)[] configuration)
    {
        var tokenizer = new FakeTokenizer();
        Checkpoint checkpoint = CheckpointOf(Config, tokenizer);
        return StartAsync(
            engine,
            tokenizer,
            [
                new("base", checkpoint, SubNetwork.Full(Config)),
                new("pruned", checkpoint, SubNetwork.Small(Config, 1, 1, 8)),
            ],
            Settings(time, configuration));
    }

    public static async Task<TestHost> StartAsync(
        FakeEngine engine, FakeTokenizer tokenizer, IReadOnlyList<EndpointDefinition> endpoints, ServingSettings settings)
    {
        WebApplication app = ServingHost.Build(engine, endpoints, settings);
        await app.StartAsync();
        await ServingHost.WaitUntilReadyAsync(app, CancellationToken.None).WaitAsync(Patience);
        return new TestHost(app, engine, tokenizer);
    }

    public ServedEndpoint Endpoint(string name = "base") => App.Services.GetRequiredService<EndpointCatalog>().Find(name)!;

    /// <summary>A body of one pair whose input has a number of tokens and begins with word <c>w{word}</c>.</summary>
    public static string Body(int tokens = 6, int word = 7) =>
        $$"""{"premise": "w{{word}}{{string.Concat(Enumerable.Repeat(" x", tokens - 5))}}", "hypothesis": "y"}""";

    public static string Many(params int[] tokens) => $$"""{"pairs": [{{string.Join(", ", tokens.Select(length => Body(length)))}}]}""";

    public Task<HttpResponseMessage> PostAsync(string json, string path = "/invoke", CancellationToken cancellationToken = default)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(json));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return Client.PostAsync(path, content, cancellationToken);
    }

    public static async Task<JsonElement> JsonOf(HttpResponseMessage response) => JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

    /// <summary>Sends requests that must end up waiting behind a held batch, in this order, and returns when the last one waits.</summary>
    public async Task<Task<HttpResponseMessage>[]> QueueAsync(string endpoint, params string[] bodies)
    {
        var requests = new Task<HttpResponseMessage>[bodies.Length];
        for (int i = 0; i < bodies.Length; i++)
        {
            int before = Endpoint(endpoint).Load.QueuedRows;
            requests[i] = PostAsync(bodies[i], $"/endpoints/{endpoint}/invoke");
            await Until(() => Endpoint(endpoint).Load.QueuedRows > before);
        }

        return requests;
    }

    /// <summary>Waits for a condition that must come true.</summary>
    public static async Task Until(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            Assert.False(patience.IsCancellationRequested, "The condition never came true.");
            await Task.Delay(1, CancellationToken.None);
        }
    }

    /// <summary>Checks that an answer is a problem of a status whose detail says what it should.</summary>
    public static async Task<JsonElement> AssertProblem(HttpResponseMessage response, HttpStatusCode status, string detail)
    {
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(status == response.StatusCode, $"{(int)response.StatusCode}: {body}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.ToString());
        JsonElement problem = JsonDocument.Parse(body).RootElement;
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.NotEqual("", problem.GetProperty("title").GetString());
        Assert.Contains(detail, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(problem.GetProperty("detail").GetString(), problem.GetProperty("message").GetString());
        return problem;
    }

    public async ValueTask DisposeAsync()
    {
        Engine.Release();
        Client.Dispose();
        if (!App.Lifetime.ApplicationStopped.IsCancellationRequested)
        {
            await App.StopAsync();
        }

        await App.DisposeAsync();
    }
}
