using Endpoints.Bert.Multitask;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Training;
using Endpoints.Bert.Training.Losses;
using Endpoints.Compute.Training;

namespace Endpoints.Bert.Tests.Multitask;

public sealed class MultitaskTrainerTests
{
    private static readonly SubNetwork Whole = SubNetwork.Full(SmallNetwork.Create().Trunk.Config);

    [Fact]
    public void Step_HeadThatNoPassUsed_KeepsItsWeights()
    {
        MultitaskParameters network = SmallNetwork.Create();
        MultitaskParameters before = network.Clone();
        using var trainer = new MultitaskTrainer(network, new TrainerOptions { AdamW = new AdamWSettings(WeightDecay: 0.5f), Dropout = 0, Threads = 1 });
        trainer.Accumulate(Whole, "paraphrase", SmallNetwork.Batch(), new BinaryCrossEntropyLoss(new[] { 1, 0 }), new float[2]);
        trainer.Step(1e-2f);

        Assert.Equal(before.Head("sentiment").Linear.Weight, network.Head("sentiment").Linear.Weight);
        Assert.Equal(before.Head("sentiment").Linear.Bias, network.Head("sentiment").Linear.Bias);
        Assert.NotEqual(before.Head("paraphrase").Linear.Weight, network.Head("paraphrase").Linear.Weight);
        Assert.NotEqual(before.Trunk.Pooler.Weight, network.Trunk.Pooler.Weight);
        Assert.All(trainer.Gradients, tensor => Assert.All(tensor.Values, value => Assert.Equal(0, value)));
    }

    [Theory]
    [InlineData("sentiment")]
    [InlineData("paraphrase")]
    [InlineData("similarity")]
    public void Accumulate_TrunkSubNetwork_MatchesInferenceAndDifferences(string head)
    {
        MultitaskParameters network = SmallNetwork.Create();
        SubNetwork kept = SubNetwork.Parse("small:l=1,h=2,u=3", network.Trunk.Config);
        ILoss loss = Loss(head);
        using var engine = new CpuEngine(threadsPerLane: 1);
        using var trainer = new MultitaskTrainer(network, new TrainerOptions { Dropout = 0, Threads = 1 });
        HeadConfig config = network.Head(head).Config;
        float[] inferred = SmallNetwork.Outputs(new MultitaskNetwork(engine, network), kept, config);
        var outputs = new float[inferred.Length];
        trainer.Accumulate(kept, head, SmallNetwork.Batch(), loss, outputs);
        Assert.All(inferred.Zip(outputs), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= 1e-5, $"{pair}"));

        float[] weight = network.Head(head).Linear.Weight;
        float[] gradient = trainer.Gradients.Single(tensor => tensor.Name == $"heads.{head}.weight").Values;
        int largest = Array.IndexOf(gradient, gradient.MaxBy(Math.Abs));
        float at = weight[largest];
        float Value(float moved)
        {
            weight[largest] = moved;
            return loss.Compute(SmallNetwork.Outputs(new MultitaskNetwork(engine, network), kept, config), config.OutputsPerExample, new float[inferred.Length]);
        }

        double difference = (Value(at + 5e-3f) - Value(at - 5e-3f)) / 1e-2;
        Assert.True(Math.Abs(difference - gradient[largest]) <= 0.02 * Math.Abs(gradient[largest]), $"{difference} against {gradient[largest]}");
    }

    [Fact]
    public void Step_JointRounds_LearnEveryTask()
    {
        MultitaskParameters network = SmallNetwork.Create();
        using var trainer = new MultitaskTrainer(network, new TrainerOptions { Dropout = 0, Threads = 1, AdamW = new AdamWSettings(WeightDecay: 0) });
        string[] heads = [.. network.Heads.Select(head => head.Config.Name)];
        float[] first = [], last = [];
        for (int round = 0; round < 150; round++)
        {
            last = [.. heads.Select(head => trainer.Accumulate(Whole, head, SmallNetwork.Batch(), Loss(head), new float[12]))];
            first = round == 0 ? last : first;
            trainer.Step(5e-3f);
        }

        Assert.All(first.Zip(last), pair => Assert.True(pair.Second < 0.2 * pair.First, $"{pair}"));
    }

    [Fact]
    public void Accumulate_PooledDropoutAlone_DropsBeforeTheHeadOnly()
    {
        MultitaskParameters network = SmallNetwork.Create();
        float[] Outputs(TrainerOptions options)
        {
            using var trainer = new MultitaskTrainer(network, options with { Threads = 1 });
            var outputs = new float[12];
            trainer.Accumulate(Whole, "sentiment", SmallNetwork.Batch(), Loss("sentiment"), outputs);
            return outputs;
        }

        float[] without = Outputs(new TrainerOptions { Dropout = 0 });
        Assert.NotEqual(without, Outputs(new TrainerOptions { Dropout = 0, PooledDropout = 0.5f }));
        Assert.Equal(without, Outputs(new TrainerOptions { Dropout = 0, PooledDropout = 0 }));
        Assert.NotEqual(without, Outputs(new TrainerOptions { Dropout = 0.5f, PooledDropout = 0 }));
    }

    [Fact]
    public void Accumulate_HalfAPair_IsRefused()
    {
        using var trainer = new MultitaskTrainer(SmallNetwork.Create(), new TrainerOptions { Threads = 1 });
        var batch = new TokenBatch();
        batch.Add([1], [0]);
        string message = Assert.Throws<ArgumentException>(() => trainer.Accumulate(Whole, "similarity", batch, Loss("similarity"), new float[2])).Message;
        Assert.Contains("two sequences", message, StringComparison.Ordinal);
        Assert.Contains("sentiment or paraphrase or similarity", Assert.Throws<ArgumentException>(() => trainer.Accumulate(Whole, "x", batch, Loss("similarity"), [])).Message, StringComparison.Ordinal);
    }

    private static ILoss Loss(string head) => head switch
    {
        "sentiment" => new CrossEntropyLoss(new[] { 0, 1, 2, 1 }),
        "paraphrase" => new BinaryCrossEntropyLoss(new[] { 1, 0 }),
        _ => new AbsoluteErrorLoss(new[] { 2f, -0.5f }),
    };
}
