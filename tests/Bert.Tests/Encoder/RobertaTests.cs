using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Tests.Reference;
using Endpoints.Bert.Tests.SubNetworks;
using Endpoints.Bert.Training;
using Endpoints.Bert.Training.Losses;

namespace Endpoints.Bert.Tests.Encoder;

/// <summary>What RoBERTa computes otherwise than BERT: positions, their limit, dropout before the head.</summary>
public sealed class RobertaTests
{
    private static readonly BertConfig Config = RandomSubNetworks.Config.AsRoberta();

    [Fact]
    public void MaxSequenceLength_OfRobertaBase_Is512Of514Rows()
    {
        var config = BertConfig.RobertaBase();
        Assert.Equal((50_265, 514, 512, 2), (config.VocabularySize, config.MaxPositions, config.MaxSequenceLength, config.FirstPosition));
        Assert.Equal((512, 512, 0), (BertConfig.Base().MaxPositions, BertConfig.Base().MaxSequenceLength, BertConfig.Base().FirstPosition));
        Assert.Equal(config, config.AsRoberta());
        Assert.NotEqual(config, config with { Architecture = Architecture.Bert });
    }

    [Fact]
    public void Classify_RandomSubNetworks_MatchReference()
    {
        BertParameters parameters = BertParameters.Random(Config, 3, 0.4f);
        using var engine = new CpuEngine(threadsPerLane: 2);
        ISuperNetwork network = engine.Load(parameters);
        foreach (SubNetwork subNetwork in RandomSubNetworks.Draw(Config, 20, seed: 4))
        {
            for (int length = 1; length <= Config.MaxSequenceLength; length++)
            {
                int[] tokens = [.. Enumerable.Range(2, length)];
                var logits = new float[2];
                network.CreateClassifier(subNetwork, 0).Classify(Batch(tokens), logits);
                double[] expected = ReferenceBert.Run(parameters, subNetwork, tokens, new int[length]).Logits;
                Assert.True(expected.Zip(logits, (a, b) => Math.Abs(a - b)).Max() <= 1e-5, $"{subNetwork}, {length} tokens");
            }
        }
    }

    [Fact]
    public void Classify_LongestSequence_FitsAndNoOneTokenMore()
    {
        using var engine = new CpuEngine(threadsPerLane: 1);
        IClassifier classifier = engine.Load(BertParameters.Random(Config, 3)).CreateClassifier(SubNetwork.Full(Config), 0);
        Assert.Equal(6, classifier.MaxSequenceLength);
        classifier.Classify(Batch(new int[6]), new float[2]);
        var refusal = Assert.Throws<ArgumentException>(() => classifier.Classify(Batch(new int[7]), new float[2]));
        Assert.Contains("has 7 tokens, the model takes at most 6", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Accumulate_EveryLength_LeavesRowsUpToThePaddingIdAlone()
    {
        BertParameters parameters = BertParameters.Random(Config, 3);
        parameters.PositionEmbeddings.AsSpan(0, 2 * Config.HiddenSize).Fill(float.NaN);
        using var trainer = new Trainer(parameters, new TrainerOptions { Dropout = 0, Threads = 1 });
        float loss = trainer.Accumulate(SubNetwork.Full(Config), Batch([3, 4, 5, 6, 7, 8]), new CrossEntropyLoss(new[] { 1 }), new float[2]);
        Assert.True(float.IsFinite(loss), $"{loss}");
        float[] gradient = trainer.Gradients.PositionEmbeddings;
        Assert.All(gradient[..(2 * Config.HiddenSize)], value => Assert.Equal(0, value));
        Assert.All(gradient[(2 * Config.HiddenSize)..].Chunk(Config.HiddenSize), row => Assert.Contains(row, value => value != 0));
    }

    /// <summary>With dropout everywhere, its seed fixed: the head's input is dropped forward as it is backward, for RoBERTa alone.</summary>
    [Fact]
    public void Accumulate_Dropout_GradientsMatchDifferences()
    {
        BertParameters parameters = BertParameters.Random(Config, 3, 0.4f);
        float Loss() => Pass(parameters, 0.4f).Loss;
        (_, BertParameters gradients) = Pass(parameters, 0.4f);
        foreach ((float[] values, float[] gradient) in new[]
        {
            (parameters.Pooler.Weight, gradients.Pooler.Weight), (parameters.Layers[2].FeedForward!.Norm.Beta, gradients.Layers[2].FeedForward!.Norm.Beta),
            (parameters.Layers[0].Attention!.Value.Weight, gradients.Layers[0].Attention!.Value.Weight),
        })
        {
            for (int i = 0; i < values.Length; i += 3)
            {
                float value = values[i];
                values[i] = value + 1e-2f;
                float above = Loss();
                values[i] = value - 1e-2f;
                float below = Loss();
                values[i] = value;
                double difference = (above - below) / 2e-2;
                Assert.True(Math.Abs(difference - gradient[i]) <= 3e-3 + (0.02 * Math.Abs(difference)), $"{i}: {gradient[i]}, differences give {difference}");
            }
        }

        // Where the layer's input was dropped its weights, a column, have no gradient; BERT's pooler has no such column.
        Assert.Contains(Columns(gradients.Pooler), column => column.All(value => value == 0));
        Assert.DoesNotContain(Columns(Pass(BertParameters.Random(RandomSubNetworks.Config, 3, 0.4f), 0.4f).Gradients.Pooler), column => column.All(value => value == 0));
    }

    private static IEnumerable<float[]> Columns(LinearParameters linear) =>
        Enumerable.Range(0, linear.Inputs).Select(column => Enumerable.Range(0, linear.Outputs).Select(row => linear.Weight[(row * linear.Inputs) + column]).ToArray());

    private static (float Loss, BertParameters Gradients) Pass(BertParameters parameters, float dropout)
    {
        using var trainer = new Trainer(parameters, new TrainerOptions { Dropout = dropout, Threads = 1, Seed = 8 });
        float loss = trainer.Accumulate(SubNetwork.Full(parameters.Config), Batch([3, 4, 5, 6, 7]), new CrossEntropyLoss(new[] { 1 }), new float[2]);
        return (loss, trainer.Gradients);
    }

    private static TokenBatch Batch(int[] tokens)
    {
        var batch = new TokenBatch();
        batch.Add(tokens, new int[tokens.Length]);
        return batch;
    }
}
