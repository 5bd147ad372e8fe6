using Endpoints.Bert.Cascades;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;

namespace Endpoints.Bert.Tests.Encoder;

public sealed class ContinuedClassifiersTests
{
    /// <summary>A width at which rows of activations have a gap between them.</summary>
    private static readonly BertConfig Config = BertConfig.Uniform(60, 40, 4, 4, 70, 40, "no", "yes", "maybe");

    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.BFloat16)]
    [InlineData(Precision.Int8)]
    public void Classify_RandomPairsAndBatches_GiveTheBitsOfEachAlone(Precision precision)
    {
        var random = new Random(23);
        using var engine = new CpuEngine(threadsPerLane: 2);
        ISuperNetwork network = engine.Load(Loud(Config, 3), precision);
        int shared = 0;
        for (int round = 0; round < 60; round++)
        {
            SubNetwork first = RandomOne(random), second = round % 3 == 0 ? SubNetwork.Full(Config) : RandomOne(random);
            first = round % 2 == 0 ? Cut(second, random.Next(Config.LayerCount + 1)) : first;
            IClassifierPair pair = network.CreatePair(first, second, 0);
            IClassifier small = network.CreateClassifier(first, 0), large = network.CreateClassifier(second, 0);
            shared += pair.SharedLayers > 0 ? 1 : 0;
            for (int turn = 0; turn < 4; turn++)
            {
                TokenBatch batch = Batch(random, random.Next(1, 9));
                int[] rows = [.. Enumerable.Range(0, batch.Count).Where(_ => random.Next(2) == 0)];
                float[] one = new float[batch.Count * 3], other = new float[rows.Length * 3];
                pair.ClassifyFirst(batch, one);
                if (rows.Length > 0)
                {
                    pair.ClassifySecond(rows, other);
                }

                float[] expected = Classify(large, batch);
                Assert.Equal(Classify(small, batch), one);
                Assert.Equal([.. rows.SelectMany(row => expected[(3 * row)..((3 * row) + 3)])], other);
            }
        }

        Assert.True(shared > 20, $"Only {shared} of 60 pairs shared layers.");
    }

    [Theory]
    [InlineData("small:l=2,h=4,u=70", "full", 1)]
    [InlineData("small:l=1,h=4,u=70", "full", 0)]
    [InlineData("small:l=0,h=4,u=70", "full", 0)]
    [InlineData("small:l=3,h=4,u=69", "full", 0)]
    [InlineData("layer:1101", "full", 2)]
    [InlineData("layer:0111", "full", 0)]
    [InlineData("full", "full", 3)]
    [InlineData("full", "small:l=2,h=4,u=70", 1)]
    [InlineData("layer:0110", "layer:0111", 1)]
    [InlineData("medium:h=4/4/2/0,u=70/70/10/0", "full", 2)]
    public void CreatePair_SameFirstLayers_SharesAllButALastOne(string first, string second, int expected)
    {
        using var engine = new CpuEngine(threadsPerLane: 1);
        ISuperNetwork network = engine.Load(Loud(Config, 3));

        Assert.Equal(expected, network.CreatePair(SubNetwork.Parse(first, Config), SubNetwork.Parse(second, Config), 0).SharedLayers);
    }

    [Fact]
    public void Classify_WarmCascade_AllocatesNothing()
    {
        using var engine = new CpuEngine(threadsPerLane: 1);
        ISuperNetwork network = engine.Load(Loud(Config, 3), Precision.BFloat16);
        var small = SubNetwork.Small(Config, 2, 4, 70);
        TokenBatch batch = Batch(new Random(3), 8);
        double[] margins = [.. Classify(network.CreateClassifier(small, 0), batch).Chunk(3).Select(row => Margin.Of(row)).Order()];
        var cascade = new CascadeClassifier(network.CreatePair(small, SubNetwork.Full(Config), 0), margins[4]);
        var logits = new float[batch.Count * 3];
        for (int i = 0; i < 10; i++)
        {
            cascade.Classify(batch, logits);
        }

        Assert.InRange(cascade.Unsure.Length, 1, 7);

        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                cascade.Classify(batch, logits);
            }
        }));
    }

    [Fact]
    public void Classify_TooLittleRoom_IsRefused()
    {
        using var engine = new CpuEngine(threadsPerLane: 1);
        IClassifierPair pair = engine.Load(Loud(Config, 3)).CreatePair(SubNetwork.Small(Config, 2, 4, 70), SubNetwork.Full(Config), 0);
        TokenBatch batch = Batch(new Random(3), 2);
        Assert.Contains("2 × 3", Assert.Throws<ArgumentException>(() => pair.ClassifyFirst(batch, new float[5])).Message, StringComparison.Ordinal);
        pair.ClassifyFirst(batch, new float[6]);
        Assert.Contains("1 × 3", Assert.Throws<ArgumentException>(() => pair.ClassifySecond([1], new float[2])).Message, StringComparison.Ordinal);
    }

    /// <summary>The first layers of a sub-network.</summary>
    private static SubNetwork Cut(SubNetwork whole, int layers) => SubNetwork.Large(Config, [.. whole.Layers.Select((layer, i) =>
        i < layers ? layer : new LayerSelection(Kept.First(0, layer.Heads.Total), Kept.First(0, layer.Units.Total)))]);

    private static SubNetwork RandomOne(Random random) => SubNetwork.Large(Config, [.. Config.Layers.Select(shape => random.Next(4) switch
    {
        0 => new LayerSelection(Kept.First(random.Next(shape.Heads + 1), shape.Heads), Kept.First(random.Next(shape.Units + 1), shape.Units)),
        1 => new LayerSelection(RandomMask(random, shape.Heads), RandomMask(random, shape.Units)),
        _ => new LayerSelection(Kept.First(shape.Heads, shape.Heads), Kept.First(random.Next(2) * shape.Units, shape.Units)),
    })]);

    private static Kept RandomMask(Random random, int total) => Kept.FromMask([.. Enumerable.Range(0, total).Select(_ => random.Next(2) == 0)]);

    private static TokenBatch Batch(Random random, int count)
    {
        var batch = new TokenBatch();
        for (int i = 0; i < count; i++)
        {
            int length = random.Next(1, 41);
            batch.Add([.. Enumerable.Range(0, length).Select(_ => random.Next(60))], [.. Enumerable.Range(0, length).Select(_ => random.Next(2))]);
        }

        return batch;
    }

    private static float[] Classify(IClassifier classifier, TokenBatch batch)
    {
        var logits = new float[batch.Count * classifier.LabelCount];
        classifier.Classify(batch, logits);
        return logits;
    }

    /// <summary>Random weights ten times larger than BERT's, so that every part of the network shows in the logits.</summary>
    private static BertParameters Loud(BertConfig config, int seed)
    {
        BertParameters parameters = BertParameters.Random(config, seed);
        foreach (NamedTensor tensor in parameters.Tensors().Where(tensor => tensor.Shape.Length == 2))
        {
            for (int i = 0; i < tensor.Values.Length; i++)
            {
                tensor.Values[i] *= 10;
            }
        }

        return parameters;
    }
}
