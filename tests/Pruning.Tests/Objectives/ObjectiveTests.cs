using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Batches;
using Endpoints.Pruning.Objectives;
using Endpoints.Pruning.Tests.Fakes;

namespace Endpoints.Pruning.Tests.Objectives;

public sealed class ObjectiveTests
{
    [Fact]
    public void Evaluate_Error_IsOneMinusTheMetricOfThatSubNetwork()
    {
        // The whole network predicts the token's parity, any other always 0.
        var network = new FakeSuperNetwork(Make.Config(), (sub, tokens) => sub.ToString() == "full" && tokens[0] % 2 == 1 ? [0, 1] : [1, 0]);
        IObjective objective = Create("error", network, Make.Examples(0, 1, 0, 1, 1));
        Assert.Equal(0.2, objective.Evaluate(SubNetwork.Full(network.Config)).Value, 12);
        Assert.Equal(0.6, objective.Evaluate(SubNetwork.Small(network.Config, 1, 1, 1)).Value, 12);
    }

    [Fact]
    public void Evaluate_ErrorOfUndefinedMetric_IsOne()
    {
        var network = new FakeSuperNetwork(Make.Config(), (_, _) => [1, 0]);
        var context = new ObjectiveContext { SuperNetwork = network, Validation = new Evaluator(Make.Examples(0, 1), (_, _) => double.NaN) };
        Measurement measurement = Catalogs.Objectives.Create("error", context).Evaluate(SubNetwork.Full(network.Config));
        Assert.Equal(1, measurement.Value);
        Assert.Equal(1, Assert.Contains("error_undefined", measurement.Details!));
    }

    [Fact]
    public void Evaluate_Parameters_IsTheSlicedCount()
    {
        BertConfig config = BertConfig.Base(28_996);
        IObjective objective = Create("parameters", new FakeSuperNetwork(config, (_, _) => [1, 0]), Make.Examples(0));
        Assert.Equal(108_311_810, objective.Evaluate(SubNetwork.Full(config)).Value);
        Assert.Equal(65_812_226, objective.Evaluate(SubNetwork.Small(config, 12, 6, 1536)).Value);
    }

    [Fact]
    public void Evaluate_ExactObjectives_AreWhatTheShapeSays()
    {
        BertConfig config = BertConfig.Base(28_996);
        var network = new FakeSuperNetwork(config, (_, _) => [1, 0]);
        LabelledEncodings examples = LabelledEncodings.Classification(Make.Encodings(100, 156), new int[2]);
        Assert.Equal(69_351_170, Create("paper-parameters", network, examples).Evaluate(SubNetwork.Small(config, 12, 6, 1536)).Value);

        // 11.17 G multiply-adds at 128 tokens, and pooler and classifier.
        IObjective operations = Create("flops", network, examples);
        Assert.Equal((2 * 11.174) + 0.0012, operations.Evaluate(SubNetwork.Full(config)).Value, 2);
        Assert.Equal(2 * 768 * 770 / 1e9, operations.Evaluate(SubNetwork.Small(config, 0, 0, 0)).Value, 12);
        Assert.Equal("GFLOP", operations.Unit);

        // 108.3 M weights less LayerNorms, and 2,048 tokens of 2 × 768 hidden, 4 × 768 attention and 3,072 units.
        IObjective memory = Create("memory", network, examples);
        Assert.Equal(((108_311_810 - (25 * 2 * 768)) * 4 / 1e6) + (2048 * 4 * 7680 / 1e6), memory.Evaluate(SubNetwork.Full(config)).Value, 6);
        Assert.All(new[] { "paper-parameters", "flops", "memory", "parameters" }, name => Assert.IsType<IExactObjective>(Create(name, network, examples), exactMatch: false));
    }

    [Fact]
    public void Evaluate_Latency_IsTheLeastMedianOfTheRoundsAfterWarmUp()
    {
        var time = new ManualTime();
        var network = new FakeSuperNetwork(Make.Config(), (_, _) => [1, 0]);

        // 2 slow warm-ups, then rounds whose medians are 5, 4 and 9 ms, each with an outlier.
        double[][] rounds = [[5, 70, 4.5], [3, 4, 90], [9, 9.5, 8]];
        var durations = new Queue<double>([1000, 1000, .. rounds.SelectMany(round => round)]);
        network.OnClassify = () => time.Advance(TimeSpan.FromMilliseconds(durations.Dequeue()));
        var objective = new LatencyObjective(network, LatencyObjective.TypicalBatch(Make.Examples(0)), time, warmUps: 2, rounds: 3, repeats: 3);
        Measurement measurement = objective.Evaluate(SubNetwork.Full(network.Config));
        Assert.Equal(4, measurement.Value, 9);
        Assert.Equal(9, measurement.Details!["latency_slowest_round"], 9);
        Assert.Empty(durations);
        Assert.Equal("ms", objective.Unit);
    }

    [Fact]
    public void Evaluate_LatencyOfEvenRepeats_IsTheMiddleOfTheMiddleTwo()
    {
        var time = new ManualTime();
        var network = new FakeSuperNetwork(Make.Config(), (_, _) => [1, 0]);
        var durations = new Queue<double>([4, 1, 2, 100]);
        network.OnClassify = () => time.Advance(TimeSpan.FromMilliseconds(durations.Dequeue()));
        var objective = new LatencyObjective(network, LatencyObjective.TypicalBatch(Make.Examples(0)), time, warmUps: 0, rounds: 1, repeats: 4);
        Assert.Equal(3, objective.Evaluate(SubNetwork.Full(network.Config)).Value, 9);
    }

    [Fact]
    public void Create_Latency_RunsOneExampleOfMedianLength()
    {
        var time = new ManualTime();
        var network = new FakeSuperNetwork(Make.Config(), (_, _) => [1, 0]);
        network.OnClassify = () => time.Advance(TimeSpan.FromMilliseconds(2));
        var examples = LabelledEncodings.Classification(Make.Encodings(9, 1, 4, 2, 30), new int[5]);
        var context = new ObjectiveContext { SuperNetwork = network, Validation = new Evaluator(examples, Make.Accuracy), Time = time };
        Assert.Equal(2, Catalogs.Objectives.Create("latency", context).Evaluate(SubNetwork.Full(network.Config)).Value, 9);
        Assert.All(network.Batches, batch => Assert.Equal(4, Assert.Single(batch.Sequences).Length));
    }

    private static IObjective Create(string name, ISuperNetwork network, LabelledEncodings examples) => Catalogs.Objectives.Create(
        name, new ObjectiveContext { SuperNetwork = network, Validation = new Evaluator(examples, Make.Accuracy) });
}
