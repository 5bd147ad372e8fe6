using System.Text.Json;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Serving.Tests.Support;

namespace Endpoints.Serving.Tests.Invoke;

public sealed class CalibrationTests
{
    [Fact]
    public async Task Invoke_CalibratedCheckpoint_DividesTheLogitsOfTheWholeAlone()
    {
        var tokenizer = new FakeTokenizer();
        Checkpoint checkpoint = TestHost.CheckpointOf(TestHost.Config, tokenizer, new EndpointMetadata { Temperature = 4 });
        await using TestHost host = await TestHost.StartAsync(
            new FakeEngine(),
            tokenizer,
            [new("base", checkpoint, SubNetwork.Full(TestHost.Config)), new("pruned", checkpoint, SubNetwork.Small(TestHost.Config, 1, 1, 8))],
            TestHost.Settings(null));

        // The fake engine's logits are 2 and 0.
        await AssertScore(host, "base", 1 / (1 + Math.Exp(-2.0 / 4)));
        await AssertScore(host, "pruned", 1 / (1 + Math.Exp(-2.0)));
        JsonElement endpoints = (await TestHost.JsonOf(await host.Client.GetAsync("/endpoints"))).GetProperty("endpoints");
        Assert.Equal(4, endpoints[0].GetProperty("temperature").GetDouble());
        Assert.False(endpoints[1].TryGetProperty("temperature", out _));
    }

    private static async Task AssertScore(TestHost host, string endpoint, double expected)
    {
        JsonElement answer = await TestHost.JsonOf(await host.PostAsync(TestHost.Body(), $"/endpoints/{endpoint}/invoke"));
        Assert.Equal("entailment", answer.GetProperty("label").GetString());
        double score = answer.GetProperty("score").GetDouble();
        Assert.True(Math.Abs(score - expected) <= 1e-6, $"{endpoint}: {score}, expected {expected}");
    }
}
