using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Baselines;
using Endpoints.Pruning.Importance;

namespace Endpoints.Pruning.Tests.Baselines;

public sealed class HeadPruningTests
{
    [Fact]
    public void Prune_EveryLevel_RemovesTheLeastImportantHeadsOnly()
    {
        using var fixture = new PruningFixture();
        PrunedNetwork[] networks = fixture.Prune("heads");
        IReadOnlyList<double[]> scores = MaskImportance.Of(fixture.Parameters, fixture.Train).Heads;
        (int Layer, int Head)[] order = [.. scores
            .SelectMany((layer, l) => layer.Select((score, head) => (l, head, Share: score / Math.Sqrt(layer.Sum(value => value * value)))))
            .OrderBy(head => head.Share).Select(head => (head.l, head.head))];
        Assert.Equal(21, networks.Length);
        foreach (PrunedNetwork network in networks)
        {
            int pruned = (int)Math.Round(network.Level * 16);
            for (int layer = 0; layer < 4; layer++)
            {
                int[] kept = [.. Enumerable.Range(0, 4).Where(head => !order.Take(pruned).Contains((layer, head)))];
                Assert.Equal(kept, network.SubNetwork.Layers[layer].Heads.Indices);
                Assert.Equal(12, network.SubNetwork.Layers[layer].Units.Count);
            }
        }
    }

    [Fact]
    public void Prune_Protected_KeepsTheBestOfEveryLayerAndStopsThere()
    {
        using var fixture = new PruningFixture();
        PrunedNetwork[] networks = fixture.Prune("heads", new PruningOptions { ProtectedHeads = 1 });
        Assert.Equal(0.75, networks[^1].Level);
        IReadOnlyList<double[]> scores = MaskImportance.Of(fixture.Parameters, fixture.Train).Heads;
        Assert.All(networks[^1].SubNetwork.Layers, (layer, l) => Assert.Equal([MaskImportance.Order(scores[l])[0]], layer.Heads.Indices.ToArray()));
    }

    [Fact]
    public void Prune_Exact_FollowsTheScoresOfThePrunedNetwork()
    {
        using var fixture = new PruningFixture();
        var options = new PruningOptions { Exact = true, NormalizeLayers = false, Levels = [0.25, 0.5, 1] };
        PrunedNetwork[] networks = fixture.Prune("heads", options);
        Assert.Equal(networks[1].SubNetwork, fixture.Prune("heads", options with { Exact = false })[1].SubNetwork);

        // The second step removes the four least important heads of the network that is left after the first.
        SubNetwork before = networks[1].SubNetwork;
        IReadOnlyList<double[]> scores = MaskImportance.Of(SubNetworkExtractor.Extract(fixture.Parameters, before), fixture.Train).Heads;
        (int Layer, int Head)[] expected = [.. before.Layers.SelectMany((layer, l) => layer.Heads.Indices.Select((head, i) => (l, head, Score: scores[l][i])))
            .OrderBy(head => head.Score).Take(4).Select(head => (head.l, head.head)).Order()];
        (int Layer, int Head)[] removed = [.. before.Layers.SelectMany((layer, l) =>
            layer.Heads.Indices.Except(networks[2].SubNetwork.Layers[l].Heads.Indices).Select(head => (l, head))).Order()];
        Assert.Equal(expected, removed);
        Assert.All(networks[3].SubNetwork.Layers, layer => Assert.Equal(0, layer.Heads.Count));
    }

    [Theory]
    [InlineData(0.5, 0.2)]
    [InlineData(0, 1)]
    [InlineData(0.5, 1.1)]
    [InlineData(double.NaN, 1)]
    public void Prune_LevelsThatDoNotAscend_AreRefused(double first, double second)
    {
        using var fixture = new PruningFixture();
        Assert.Throws<ArgumentException>(() => fixture.Prune("heads", new PruningOptions { Levels = [first, second] }));
    }
}
