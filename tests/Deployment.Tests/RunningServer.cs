using System.Net;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Tokenization;
using Endpoints.Serving;
using Endpoints.Serving.Options;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace Endpoints.Deployment.Tests;

/// <summary>A server with a network and a cut of it, each an endpoint: what manifests, alerts and dashboard talk of is asked of the real thing.</summary>
public sealed class RunningServer : IAsyncLifetime
{
    private readonly CpuEngine _engine = new(lanes: 1, threadsPerLane: 1, pinThreads: false);
    private readonly HttpClient _client = new();
    private WebApplication? _app;

    public async Task InitializeAsync()
    {
        var config = BertConfig.Uniform(5, 8, 1, 2, 8, 16, "a", "b");
        var checkpoint = new Checkpoint { Config = config, Parameters = BertParameters.Random(config, 1), Tokenizer = new WordPieceTokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a"]), Metadata = new EndpointMetadata { Metrics = new Dictionary<string, double> { ["accuracy"] = 0.9 } } };
        var settings = new ServingSettings { Configuration = new Dictionary<string, string?> { ["urls"] = "http://127.0.0.1:0" } };
        _app = ServingHost.Build(_engine, [new EndpointDefinition("base", checkpoint, SubNetwork.Full(config)), new EndpointDefinition("pruned", checkpoint, SubNetwork.Small(config, 1, 1, 8))], settings);
        await _app.StartAsync();
        await ServingHost.WaitUntilReadyAsync(_app, CancellationToken.None);
        _client.BaseAddress = new Uri(_app.Urls.Single());
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        _engine.Dispose();
    }

    public async Task<bool> AnswersAsync(string path)
    {
        using HttpResponseMessage answer = await _client.GetAsync(new Uri(path, UriKind.Relative));
        return answer.StatusCode == HttpStatusCode.OK;
    }

    public Task<string> MetricsAsync() => _client.GetStringAsync(new Uri("/metrics", UriKind.Relative));

    /// <summary>Every name that a query could use: of a histogram also its parts.</summary>
    public async Task<IReadOnlySet<string>> MetricNamesAsync() =>
        (await MetricsAsync()).Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line[..line.IndexOfAny(['{', ' '])]).ToHashSet();

    /// <summary>Reads the variables of a ConfigMap as the server does; throws where one is unknown or out of range.</summary>
    internal static ServingConfiguration ConfigurationOf(IReadOnlyDictionary<string, string> variables) => ServingConfiguration.Load(
        new ConfigurationBuilder().AddInMemoryCollection(variables.ToDictionary(pair => pair.Key.Replace("__", ":", StringComparison.Ordinal), pair => (string?)pair.Value)).Build(),
        ["base", "pruned"]);
}
