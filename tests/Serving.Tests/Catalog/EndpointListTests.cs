using System.Net;
using System.Text.Json;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Serving.Tests.Support;

namespace Endpoints.Serving.Tests.Catalog;

public sealed class EndpointListTests
{
    [Fact]
    public async Task List_EveryEndpoint_IsDescribed()
    {
        await using TestHost host = await StartAsync();

        JsonElement list = await TestHost.JsonOf(await host.Client.GetAsync("/endpoints"));

        Assert.Equal("fake, 1 lanes", list.GetProperty("engine").GetString());
        JsonElement[] endpoints = [.. list.GetProperty("endpoints").EnumerateArray()];
        Assert.Equal(["base", "cut", "extracted"], endpoints.Select(endpoint => endpoint.GetProperty("name").GetString()));
        Assert.Equal([true, false, false], endpoints.Select(endpoint => endpoint.GetProperty("default").GetBoolean()));
        Assert.All(endpoints, endpoint => Assert.Equal("ready", endpoint.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task One_WholeCheckpoint_ShowsItsMeasuredAccuracy()
    {
        await using TestHost host = await StartAsync();

        JsonElement endpoint = await TestHost.JsonOf(await host.Client.GetAsync("/endpoints/base"));

        Assert.Equal("full", endpoint.GetProperty("subNetwork").GetString());
        Assert.Equal(0.91, endpoint.GetProperty("accuracy").GetDouble());
        Assert.Equal(("demo", "validation"), (endpoint.GetProperty("task").GetString(), endpoint.GetProperty("split").GetString()));
        Assert.Equal(["entailment", "not_entailment"], endpoint.GetProperty("labels").EnumerateArray().Select(label => label.GetString()));
        Assert.Equal(64, endpoint.GetProperty("maxLength").GetInt32());
        Assert.Equal(2048, endpoint.GetProperty("settings").GetProperty("maxBatchTokens").GetInt32());
        Assert.Equal("Truncate", endpoint.GetProperty("settings").GetProperty("onTooLong").GetString());
        JsonElement parameters = endpoint.GetProperty("parameters");
        Assert.Equal(parameters.GetProperty("kept").GetInt64(), parameters.GetProperty("total").GetInt64());
        Assert.Equal(0.91, (await Scrape.OfAsync(host))["""endpoints_model_accuracy{endpoint="base"}"""]);
    }

    [Fact]
    public async Task One_SubNetworkCutHere_HasNoAccuracyForNobodyMeasuredIt()
    {
        await using TestHost host = await StartAsync();

        JsonElement endpoint = await TestHost.JsonOf(await host.Client.GetAsync("/endpoints/cut"));

        Assert.Equal("small:l=1,h=1,u=8", endpoint.GetProperty("subNetwork").GetString());
        Assert.False(endpoint.TryGetProperty("accuracy", out _));
        JsonElement parameters = endpoint.GetProperty("parameters");
        BertConfig config = TestHost.Config;
        long kept = ParameterCount.Sliced(config, SubNetwork.Small(config, 1, 1, 8));
        long total = ParameterCount.Sliced(config, SubNetwork.Full(config));
        Assert.Equal((kept, total), (parameters.GetProperty("kept").GetInt64(), parameters.GetProperty("total").GetInt64()));
        Assert.Equal((double)kept / total, parameters.GetProperty("fraction").GetDouble(), 12);
        Assert.DoesNotContain("""endpoints_model_accuracy{endpoint="cut"}""", (await Scrape.OfAsync(host)).Keys);
    }

    [Fact]
    public async Task One_ExtractedCheckpoint_IsDescribedRelativeToItsParent()
    {
        await using TestHost host = await StartAsync();

        JsonElement endpoint = await TestHost.JsonOf(await host.Client.GetAsync("/endpoints/extracted"));

        Assert.Equal(("small:l=1,h=2,u=16", "bert-parent"), (endpoint.GetProperty("subNetwork").GetString(), endpoint.GetProperty("parent").GetString()));
        Assert.Equal(1_000_000, endpoint.GetProperty("parameters").GetProperty("total").GetInt64());
        Assert.Equal(0.89, endpoint.GetProperty("accuracy").GetDouble());

        // Its undefined metric has no number in JSON and is left out.
        Assert.Equal(["accuracy"], endpoint.GetProperty("metrics").EnumerateObject().Select(metric => metric.Name));
    }

    [Fact]
    public async Task One_Unknown_Is404()
    {
        await using TestHost host = await StartAsync();

        await TestHost.AssertProblem(await host.Client.GetAsync("/endpoints/nobody"), HttpStatusCode.NotFound, "the endpoints are: base, cut, extracted");
    }

    private static Task<TestHost> StartAsync()
    {
        var engine = new FakeEngine();
        var tokenizer = new FakeTokenizer();
        BertConfig config = TestHost.Config;
        Checkpoint whole = TestHost.CheckpointOf(config, tokenizer, new EndpointMetadata
        {
            Task = "demo",
            Split = "validation",
            Metrics = new Dictionary<string, double> { ["accuracy"] = 0.91 },
        });
        BertConfig small = SubNetwork.Small(config, 1, 2, 16).ConfigOf(config);
        Checkpoint extracted = TestHost.CheckpointOf(small, tokenizer, new EndpointMetadata
        {
            SubNetwork = "small:l=1,h=2,u=16",
            Parent = "bert-parent",
            ParentParameters = 1_000_000,
            Metrics = new Dictionary<string, double> { ["accuracy"] = 0.89, ["spearman"] = double.NaN },
        });
        return TestHost.StartAsync(
            engine,
            tokenizer,
            [
                new("base", whole, SubNetwork.Full(config)),
                new("cut", whole, SubNetwork.Small(config, 1, 1, 8)),
                new("extracted", extracted, SubNetwork.Full(small)),
            ],
            TestHost.Settings(null));
    }
}
