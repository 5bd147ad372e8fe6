using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;

namespace Endpoints.Bert.Tests.Encoder;

public sealed class GivenUpBatchTests
{
    private static readonly BertConfig Config = BertConfig.Uniform(60, 48, 3, 4, 70, 40, "no", "yes", "maybe");

    [Theory]
    [InlineData(0, Precision.Float32)]
    [InlineData(1, Precision.Float32)]
    [InlineData(3, Precision.Float32)]
    [InlineData(3, Precision.BFloat16)]
    [InlineData(3, Precision.Int8)]
    public void TryClassify_WantedToTheEnd_AsksBeforeEachLayerAndGivesTheSameBits(int layers, Precision precision)
    {
        using var engine = new CpuEngine(threadsPerLane: 1);
        IClassifier classifier = engine.Load(BertParameters.Random(Config, 3), precision).CreateClassifier(SubNetwork.Small(Config, layers, 3, 33), 0);
        TokenBatch batch = Batch();
        var expected = new float[batch.Count * Config.LabelCount];
        classifier.Classify(batch, expected);
        var logits = new float[expected.Length];
        int asked = 0;

        bool isDone = classifier.TryClassify(batch, logits, () => ++asked > 0);

        Assert.True(isDone);
        Assert.Equal(Math.Max(1, layers), asked);
        Assert.Equal(expected.Select(BitConverter.SingleToInt32Bits), logits.Select(BitConverter.SingleToInt32Bits));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void TryClassify_NoLongerWanted_StopsThereAndTheNextBatchIsRight(int layer)
    {
        using var engine = new CpuEngine(threadsPerLane: 1);
        IClassifier classifier = engine.Load(BertParameters.Random(Config, 3)).CreateClassifier(SubNetwork.Full(Config), 0);
        TokenBatch batch = Batch();
        var expected = new float[batch.Count * Config.LabelCount];
        classifier.Classify(batch, expected);
        var logits = new float[expected.Length];
        int asked = 0;

        // Wanted again right after it was not, it is given up all the same.
        Assert.False(classifier.TryClassify(batch, logits, () => ++asked != layer));
        Assert.Equal(layer, asked);
        Assert.All(logits, logit => Assert.Equal(0, logit));

        classifier.Classify(batch, logits);
        Assert.Equal(expected.Select(BitConverter.SingleToInt32Bits), logits.Select(BitConverter.SingleToInt32Bits));
    }

    private static TokenBatch Batch()
    {
        var batch = new TokenBatch();
        batch.Add([1, 5, 9, 2], [0, 0, 0, 0]);
        batch.Add([1, 7, 8, 3, 4, 2], [0, 0, 0, 1, 1, 1]);
        return batch;
    }
}
