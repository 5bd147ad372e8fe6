using System.Text.Json;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;
using Endpoints.Serving.Tests.Support;
using Microsoft.Extensions.Options;

namespace Endpoints.Serving.Tests.Catalog;

public sealed class PrecisionTests
{
    [Fact]
    public async Task Start_EndpointsOfACheckpointAndPrecision_ShareOneNetwork()
    {
        var engine = new FakeEngine();
        Checkpoint one = TestHost.CheckpointOf(TestHost.Config, new FakeTokenizer()), other = TestHost.CheckpointOf(TestHost.Config, new FakeTokenizer());
        EndpointDefinition Endpoint(string name, Checkpoint checkpoint) => new(name, checkpoint, SubNetwork.Full(TestHost.Config));
        await using TestHost host = await TestHost.StartAsync(
            engine,
            new FakeTokenizer(),
            [Endpoint("a", one), Endpoint("b", one), Endpoint("c", one), Endpoint("d", other), Endpoint("e", one)],
            TestHost.Settings(null, ("Endpoints:Defaults:Precision", "bfloat16"), ("Endpoints:ByName:c:Precision", "int8"), ("Endpoints:ByName:e:Precision", "int8")));

        Assert.Equal([(one, Precision.BFloat16), (one, Precision.Int8), (other, Precision.BFloat16)], engine.Loaded);
        Assert.Equal(
            [("a", "bfloat16"), ("b", "bfloat16"), ("c", "int8"), ("d", "bfloat16"), ("e", "int8")],
            (await TestHost.JsonOf(await host.Client.GetAsync("/endpoints"))).GetProperty("endpoints").EnumerateArray()
                .Select(endpoint => (endpoint.GetProperty("name").GetString(), endpoint.GetProperty("precision").GetString())));
        Assert.Contains(
            await Samples(host), sample => sample.StartsWith("""endpoints_model_info{default="false",endpoint="c",parent="",precision="int8",""", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_NothingConfigured_RunsTheDefault()
    {
        await using TestHost host = await TestHost.StartPairAsync(new FakeEngine(), null);

        (_, Precision loaded) = Assert.Single(host.Engine.Loaded);
        Assert.Equal(PrecisionSupport.Default, loaded);
        JsonElement endpoint = await TestHost.JsonOf(await host.Client.GetAsync("/endpoints/pruned"));
        Assert.Equal(PrecisionName.Of(loaded), endpoint.GetProperty("precision").GetString());
        Assert.Equal("auto", endpoint.GetProperty("settings").GetProperty("precision").GetString());
    }

    [Fact]
    public async Task List_AccuracyMeasuredInAnotherPrecision_SaysWhich()
    {
        var tokenizer = new FakeTokenizer();
        Checkpoint checkpoint = TestHost.CheckpointOf(TestHost.Config, tokenizer, new EndpointMetadata
        {
            Metrics = new Dictionary<string, double> { ["accuracy"] = 0.9 },
            MeasuredIn = Precision.BFloat16,
        });
        await using TestHost host = await TestHost.StartAsync(
            new FakeEngine(),
            tokenizer,
            [new("base", checkpoint, SubNetwork.Full(TestHost.Config)), new("cut", checkpoint, SubNetwork.Small(TestHost.Config, 1, 1, 8))],
            TestHost.Settings(null, ("Endpoints:Defaults:Precision", "int8")));

        JsonElement endpoint = await TestHost.JsonOf(await host.Client.GetAsync("/endpoints/base"));
        Assert.Equal(("int8", "bfloat16"), (endpoint.GetProperty("precision").GetString(), endpoint.GetProperty("measuredIn").GetString()));
        Assert.False((await TestHost.JsonOf(await host.Client.GetAsync("/endpoints/cut"))).TryGetProperty("measuredIn", out _));
    }

    [Fact]
    public void Build_WrongPrecision_FailsBeforeAnythingIsLoaded()
    {
        var engine = new FakeEngine();
        Checkpoint checkpoint = TestHost.CheckpointOf(TestHost.Config, new FakeTokenizer());
        Assert.Throws<OptionsValidationException>(() => ServingHost.Build(
            engine, [new("base", checkpoint, SubNetwork.Full(TestHost.Config))], TestHost.Settings(null, ("Endpoints:ByName:base:Precision", "fp8"))));
        Assert.Empty(engine.Loaded);
    }

    private static async Task<IEnumerable<string>> Samples(TestHost host) => (await Scrape.OfAsync(host)).Keys;
}
