using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Baselines;
using Endpoints.Pruning.Batches;
using Endpoints.Pruning.Importance;

namespace Endpoints.Pruning.Tests.Baselines;

public sealed class LayersAndWeightsTests
{
    [Fact]
    public void Structured_EveryLayer_GoesInTheOrderOfTheLossWithoutIt()
    {
        using var fixture = new PruningFixture();
        PrunedNetwork[] networks = fixture.Prune("structured");
        ISuperNetwork network = fixture.Engine.Load(fixture.Parameters);
        var train = new Evaluator(fixture.Train, (_, _) => 0);
        double[] losses = [.. Enumerable.Range(0, 4).Select(layer =>
            LayerImportance.Loss(network, SubNetwork.Layer(PruningFixture.Config, [.. Enumerable.Range(0, 4).Select(i => i != layer)]), train))];
        int[] order = [.. Enumerable.Range(0, 4).OrderBy(layer => losses[layer])];
        Assert.Equal(order, networks.Skip(1).Select(pruned => (int)pruned.Details["removed_layer"]));
        for (int i = 0; i < networks.Length; i++)
        {
            Assert.Equal(i / 4.0, networks[i].Level);
            Assert.Equal(order.Take(i).Order(), Enumerable.Range(0, 4).Where(layer => networks[i].SubNetwork.Layers[layer].IsEmpty));
        }
    }

    [Fact]
    public void Structured_ElevenLayersOfBertBase_Remove71Point2Percent()
    {
        BertConfig config = BertConfig.Base();
        long whole = ParameterCount.Sliced(config, SubNetwork.Full(config));
        long one = ParameterCount.Sliced(config, SubNetwork.Layer(config, [true, .. new bool[11]]));
        Assert.Equal(109_483_778, whole);
        Assert.Equal(71.2, Math.Round(100.0 * (whole - one) / whole, 1));
    }

    [Fact]
    public void Unstructured_BertBase_Has85524480PrunableWeights() =>
        Assert.Equal(85_524_480, UnstructuredPruning.PrunableWeights(new BertParameters(BertConfig.Base(vocabularySize: 100))));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Unstructured_EveryLevel_ZeroesTheSmallestAndNothingElse(bool perLayer)
    {
        using var fixture = new PruningFixture();
        PrunedNetwork[] networks = fixture.Prune("unstructured", new PruningOptions { PerLayer = perLayer, Levels = [0.3, 0.9, 1] });
        long prunable = UnstructuredPruning.PrunableWeights(fixture.Parameters);
        foreach (PrunedNetwork network in networks.Skip(1))
        {
            Assert.Equal("full", network.SubNetwork.ToString());
            var shares = new Dictionary<string, (double Zeroed, double Largest, double Smallest)>();
            long zeroed = 0;
            foreach ((NamedTensor before, NamedTensor after) in fixture.Parameters.Tensors().Zip(network.Weights!.Tensors()))
            {
                bool isPrunable = before.Shape.Length == 2 && (before.Name.Contains(".layer.", StringComparison.Ordinal) || before.Name.Contains("pooler", StringComparison.Ordinal));
                if (!isPrunable)
                {
                    Assert.Equal(before.Values, after.Values);
                    continue;
                }

                int[] gone = [.. Enumerable.Range(0, before.Values.Length).Where(i => after.Values[i] == 0 && before.Values[i] != 0)];
                Assert.All(Enumerable.Range(0, before.Values.Length).Except(gone), i => Assert.Equal(before.Values[i], after.Values[i]));
                zeroed += gone.Length;
                string group = !perLayer ? "all" : before.Name.Contains(".layer.", StringComparison.Ordinal) ? before.Name.Split('.')[3] : "pooler";
                (double count, double largest, double smallest) = shares.GetValueOrDefault(group, (0, 0, double.PositiveInfinity));
                shares[group] = (
                    count + gone.Length,
                    Math.Max(largest, gone.Select(i => Math.Abs(before.Values[i])).DefaultIfEmpty(0).Max()),
                    Math.Min(smallest, after.Values.Where(value => value != 0).Select(Math.Abs).DefaultIfEmpty(float.PositiveInfinity).Min()));
            }

            Assert.Equal(network.Zeroed, zeroed);
            Assert.InRange(zeroed / (double)prunable, network.Level - 0.001, network.Level + 0.001);
            Assert.All(shares.Values, group => Assert.True(group.Largest < group.Smallest, $"a kept weight of {group.Smallest} is smaller than a pruned one of {group.Largest}"));
            Assert.Equal(perLayer ? 5 : 1, shares.Count);
        }
    }

    [Fact]
    public void Of_Examples_IsTheMeanMagnitudeOfEachOnesGradient()
    {
        using var fixture = new PruningFixture();
        MaskImportance together = MaskImportance.Of(fixture.Parameters, fixture.Train, batchSize: 7);
        MaskImportance alone = MaskImportance.Of(fixture.Parameters, fixture.Train, batchSize: 1);
        Assert.All(together.Heads.Concat(together.Units).Zip(alone.Heads.Concat(alone.Units)), layers =>
            Assert.All(layers.First.Zip(layers.Second), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= 1e-5 + (1e-4 * pair.Second), $"{pair.First}, alone {pair.Second}")));
    }
}
