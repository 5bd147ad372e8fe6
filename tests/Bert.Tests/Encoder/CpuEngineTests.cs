using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Tests.Reference;
using Endpoints.Compute;

namespace Endpoints.Bert.Tests.Encoder;

public sealed class CpuEngineTests
{
    private static readonly BertConfig Config = BertConfig.Uniform(60, 48, 3, 4, 70, 40, "no", "yes", "maybe");

    [Fact]
    public void Classify_RandomSubNetworks_ViewMaskedAndExtractedAgree()
    {
        var random = new Random(7);
        BertParameters parameters = Loud(Config, 3);
        using var engine = new CpuEngine(threadsPerLane: 2);
        ISuperNetwork network = engine.Load(parameters);
        (TokenBatch batch, List<int[]> sequences) = Batch(random, 5, 30);
        SubNetwork[] subNetworks =
        [
            .. Enumerable.Range(0, 40).Select(_ => RandomOne(random)),
            SubNetwork.Full(Config), SubNetwork.Small(Config, 0, 2, 9), SubNetwork.Small(Config, 3, 0, 33), SubNetwork.Small(Config, 2, 3, 0), SubNetwork.Small(Config, 3, 0, 0),
        ];
        foreach (SubNetwork subNetwork in subNetworks)
        {
            float[] viewed = Classify(network.CreateClassifier(subNetwork, 0), batch);
            BertParameters extracted = SubNetworkExtractor.Extract(parameters, subNetwork);
            float[] own = Classify(engine.Load(extracted).CreateClassifier(SubNetwork.Full(extracted.Config), 0), batch);
            for (int i = 0; i < batch.Count; i++)
            {
                double[] masked = ReferenceBert.Run(parameters, subNetwork, sequences[i], new int[sequences[i].Length]).Logits;
                for (int label = 0; label < Config.LabelCount; label++)
                {
                    float view = viewed[(i * Config.LabelCount) + label];
                    Assert.True(Math.Abs(view - masked[label]) <= 1e-5, $"{subNetwork}: viewed {view}, masked {masked[label]}");
                    Assert.True(Math.Abs(view - own[(i * Config.LabelCount) + label]) <= 1e-5, $"{subNetwork}: viewed {view}, extracted {own[i]}");
                }
            }
        }
    }

    [Theory]
    [InlineData(Precision.BFloat16, 0.06)]
    [InlineData(Precision.Int8, 0.2)]
    public void Classify_RoundedRandomSubNetworks_ViewAndMaskedAgreeWithinRounding(Precision precision, double share)
    {
        var random = new Random(7);
        BertParameters parameters = Loud(Config, 3);
        using var engine = new CpuEngine(threadsPerLane: 2);
        ISuperNetwork network = engine.Load(parameters, precision);
        (TokenBatch batch, List<int[]> sequences) = Batch(random, 5, 30);
        SubNetwork[] subNetworks =
        [
            .. Enumerable.Range(0, 20).Select(_ => RandomOne(random)),
            SubNetwork.Full(Config), SubNetwork.Small(Config, 0, 2, 9), SubNetwork.Small(Config, 3, 0, 33), SubNetwork.Small(Config, 2, 3, 0), SubNetwork.Small(Config, 3, 2, 7),
        ];
        foreach (SubNetwork subNetwork in subNetworks)
        {
            float[] viewed = Classify(network.CreateClassifier(subNetwork, 0), batch);
            double[] masked = [.. sequences.SelectMany(sequence => ReferenceBert.Run(parameters, subNetwork, sequence, new int[sequence.Length]).Logits)];
            double typical = Math.Sqrt(masked.Average(logit => logit * logit));
            double typicalError = Math.Sqrt(masked.Zip(viewed, (a, b) => (a - b) * (a - b)).Average());
            Assert.True(typicalError <= share * typical, $"{subNetwork}: typical logit {typical:g3}, typical error {typicalError:g3}");
        }
    }

    [Fact]
    public void Load_OddHeadSizeRounded_SaysWhatToDo()
    {
        using var engine = new CpuEngine(threadsPerLane: 1);
        BertParameters odd = BertParameters.Random(BertConfig.Uniform(60, 15, 1, 3, 8, 40, "no", "yes"), 1);
        engine.Load(odd);
        Assert.Contains("Float32", Assert.Throws<NotSupportedException>(() => engine.Load(odd, Precision.BFloat16)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.BFloat16)]
    [InlineData(Precision.Int8)]
    public void Classify_RandomBatchesAndThreads_GivesTheSameBitsAsAlone(Precision precision)
    {
        var random = new Random(11);
        BertParameters parameters = Loud(Config, 5);
        using var alone = new CpuEngine(threadsPerLane: 1);
        using var team = new CpuEngine(threadsPerLane: 3);
        SubNetwork subNetwork = SubNetwork.Small(Config, 3, 3, 50);
        IClassifier single = alone.Load(parameters, precision).CreateClassifier(subNetwork, 0), shared = team.Load(parameters, precision).CreateClassifier(subNetwork, 0);
        for (int round = 0; round < 20; round++)
        {
            (TokenBatch batch, List<int[]> sequences) = Batch(random, random.Next(1, 12), 40);
            float[] together = Classify(shared, batch);
            for (int i = 0; i < sequences.Count; i++)
            {
                var one = new TokenBatch();
                one.Add(sequences[i], new int[sequences[i].Length]);
                Assert.Equal(Classify(single, one), together.AsSpan(i * Config.LabelCount, Config.LabelCount).ToArray());
            }
        }
    }

    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.BFloat16)]
    [InlineData(Precision.Int8)]
    public void Classify_WarmBatches_AllocateNothing(Precision precision)
    {
        using var engine = new CpuEngine(threadsPerLane: 1);
        IClassifier classifier = engine.Load(Loud(Config, 5), precision).CreateClassifier(SubNetwork.Full(Config), 0);
        (TokenBatch batch, _) = Batch(new Random(3), 6, 40);
        var logits = new float[batch.Count * Config.LabelCount];
        for (int i = 0; i < 10; i++)
        {
            classifier.Classify(batch, logits);
        }

        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                classifier.Classify(batch, logits);
            }
        }));
    }

    [Fact]
    public void CreateClassifier_PrefixSubNetwork_HoldsNoWeightsOfItsOwn()
    {
        using var engine = new CpuEngine(threadsPerLane: 1);
        ISuperNetwork network = engine.Load(Loud(BertConfig.Uniform(60, 256, 4, 4, 1024, 40, "no", "yes"), 5));
        network.CreateClassifier(SubNetwork.Small(network.Config, 1, 1, 1), 0);
        long managed = GC.GetAllocatedBytesForCurrentThread();
        network.CreateClassifier(SubNetwork.Small(network.Config, 3, 2, 500), 0);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - managed < 64 * 1024, "A view is a few objects.");
        Assert.True(network.ResidentBytes > 4L * 12 * 256 * 256 * sizeof(float));
    }

    [Theory]
    [InlineData(60, 0, "below 60")]
    [InlineData(-1, 0, "below 60")]
    [InlineData(1, 2, "below 2")]
    public void Classify_IdOutsideItsTable_SaysTheLimit(int token, int type, string expected)
    {
        using var engine = new CpuEngine(threadsPerLane: 1);
        IClassifier classifier = engine.Load(Loud(Config, 5)).CreateClassifier(SubNetwork.Full(Config), 0);
        var batch = new TokenBatch();
        batch.Add([2, token], [0, type]);
        var exception = Assert.Throws<ArgumentException>(() => classifier.Classify(batch, new float[3]));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Classify_TooLongOrEmptyBatch_IsRefused()
    {
        using var engine = new CpuEngine(threadsPerLane: 1);
        IClassifier classifier = engine.Load(Loud(Config, 5)).CreateClassifier(SubNetwork.Full(Config), 0);
        var batch = new TokenBatch();
        Assert.Throws<ArgumentException>(() => classifier.Classify(batch, []));
        batch.Add(new int[41], new int[41]);
        Assert.Contains("at most 40", Assert.Throws<ArgumentException>(() => classifier.Classify(batch, new float[3])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => classifier.Classify(batch, new float[2]));
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

    private static SubNetwork RandomOne(Random random) => SubNetwork.Large(Config, [.. Config.Layers.Select(shape => random.Next(3) switch
    {
        0 => new LayerSelection(Kept.First(random.Next(shape.Heads + 1), shape.Heads), Kept.First(random.Next(shape.Units + 1), shape.Units)),
        1 => new LayerSelection(RandomMask(random, shape.Heads), RandomMask(random, shape.Units)),
        _ => new LayerSelection(Kept.First(random.Next(2) * shape.Heads, shape.Heads), Kept.First(random.Next(2) * shape.Units, shape.Units)),
    })]);

    private static Kept RandomMask(Random random, int total) => Kept.FromMask([.. Enumerable.Range(0, total).Select(_ => random.Next(2) == 0)]);

    private static (TokenBatch Batch, List<int[]> Sequences) Batch(Random random, int count, int maxLength)
    {
        var batch = new TokenBatch();
        var sequences = new List<int[]>();
        for (int i = 0; i < count; i++)
        {
            int[] tokens = [.. Enumerable.Range(0, random.Next(1, maxLength + 1)).Select(_ => random.Next(60))];
            batch.Add(tokens, new int[tokens.Length]);
            sequences.Add(tokens);
        }

        return (batch, sequences);
    }

    private static float[] Classify(IClassifier classifier, TokenBatch batch)
    {
        var logits = new float[batch.Count * classifier.LabelCount];
        classifier.Classify(batch, logits);
        return logits;
    }
}
