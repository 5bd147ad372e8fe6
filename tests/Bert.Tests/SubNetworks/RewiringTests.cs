using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Tests.Reference;
using Endpoints.Compute;

namespace Endpoints.Bert.Tests.SubNetworks;

public sealed class RewiringTests
{
    private static readonly BertConfig Config = BertConfig.Uniform(50, 32, 3, 4, 24, 20, "a", "b");

    [Theory]
    [InlineData(Precision.Float32, 1e-5)]
    [InlineData(Precision.BFloat16, 0.05)]
    [InlineData(Precision.Int8, 0.05)]
    public void ReorderWithinLayers_RandomNetworks_LeavesLogits(Precision precision, double tolerance)
    {
        using var engine = new CpuEngine(threadsPerLane: 2);
        for (int seed = 0; seed < 8; seed++)
        {
            BertParameters parameters = BertParameters.Random(Config, seed, 0.1f);
            BertParameters rewired = Rewiring.ReorderWithinLayers(parameters, Orders(seed, 4), Orders(seed + 100, 24));
            float[] expected = Logits(engine, parameters, precision), found = Logits(engine, rewired, precision);
            for (int i = 0; i < expected.Length; i++)
            {
                double difference = Math.Abs(expected[i] - found[i]);
                Assert.True(difference <= tolerance * Math.Max(1, Math.Abs(expected[i])), $"seed {seed} logit {i}: {found[i]}, was {expected[i]}");
            }
        }
    }

    [Fact]
    public void ReorderWithinLayers_ThenPrefix_IsTheChosenHeadsAndUnits()
    {
        BertParameters parameters = BertParameters.Random(Config, 3, 0.3f);
        int[][] heads = Orders(5, 4), units = Orders(6, 24);
        BertParameters rewired = Rewiring.ReorderWithinLayers(parameters, heads, units);
        SubNetwork chosen = SubNetwork.Large(Config, [.. Enumerable.Range(0, 3).Select(i => new LayerSelection(Mask(heads[i][..2], 4), Mask(units[i][..7], 24)))]);
        int[] tokens = [1, 4, 9, 16, 2];
        ReferenceOutput expected = ReferenceBert.Run(parameters, chosen, tokens, new int[5]);
        ReferenceOutput found = ReferenceBert.Run(rewired, SubNetwork.Small(Config, 3, 2, 7), tokens, new int[5]);
        for (int i = 0; i < 2; i++)
        {
            Assert.True(Math.Abs(expected.Logits[i] - found.Logits[i]) <= 1e-9, $"{found.Logits[i]}, expected {expected.Logits[i]}");
        }
    }

    [Fact]
    public void ReorderLayers_Prefix_IsTheChosenLayers()
    {
        BertParameters parameters = BertParameters.Random(Config, 3, 0.3f);
        BertParameters reordered = Rewiring.ReorderLayers(parameters, [2, 0, 1]);
        Assert.Equal(parameters.Layers[2].FeedForward!.Down.Weight, reordered.Layers[0].FeedForward!.Down.Weight);
        Assert.Equal(parameters.Layers[0].Attention!.Norm.Beta, reordered.Layers[1].Attention!.Norm.Beta);
        Assert.Equal(parameters.WordEmbeddings, reordered.WordEmbeddings);
        Assert.Equal(parameters.Pooler.Weight, reordered.Pooler.Weight);
    }

    [Fact]
    public void Reorder_NoPermutation_SaysWhatIsExpected()
    {
        BertParameters parameters = BertParameters.Random(Config, 3);
        var exception = Assert.Throws<ArgumentException>(() => Rewiring.ReorderWithinLayers(parameters, [[0, 1, 2, 2], .. Orders(1, 4)[1..]], Orders(1, 24)));
        Assert.Contains("heads of layer 0", exception.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Rewiring.ReorderLayers(parameters, [0, 1]));
    }

    private static Kept Mask(int[] indices, int total) => Kept.FromMask([.. Enumerable.Range(0, total).Select(indices.Contains)]);

    private static int[][] Orders(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, 3).Select(_ =>
        {
            int[] order = [.. Enumerable.Range(0, count)];
            random.Shuffle(order);
            return order;
        })];
    }

    private static float[] Logits(CpuEngine engine, BertParameters parameters, Precision precision)
    {
        var batch = new TokenBatch();
        batch.Add([1, 5, 9, 2], new int[4]);
        batch.Add([1, 30, 31, 32, 33, 44, 2], [0, 0, 0, 1, 1, 1, 1]);
        float[] logits = new float[4];
        engine.Load(parameters, precision).CreateClassifier(SubNetwork.Full(Config), 0).Classify(batch, logits);
        return logits;
    }
}
