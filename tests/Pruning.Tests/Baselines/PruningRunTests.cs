using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Tokenization;
using Endpoints.Pruning.Batches;
using Endpoints.Pruning.Pipeline;
using Endpoints.Pruning.Runs;
using Endpoints.Pruning.Tasks;
using Endpoints.Tests;

namespace Endpoints.Pruning.Tests.Baselines;

/// <summary>Whole runs on a task whose texts are token numbers.</summary>
public sealed class PruningRunTests
{
    private static readonly TaskDefinition Definition = new()
    {
        Name = "numbers",
        Files = new("train.tsv", null, "test.tsv"),
        Columns = new("text", null, "label"),
        Labels = ["a", "b"],
    };

    private static readonly TaskData Data = new(Definition, Draw(40, 1), Draw(30, 2), Draw(20, 3));

    private static readonly Checkpoint Model = new()
    {
        Config = PruningFixture.Config,
        Parameters = BertParameters.Random(PruningFixture.Config, 21, 0.25f),
        Tokenizer = new NumberTokenizer(),
    };

    [Theory]
    [InlineData("heads", 21)]
    [InlineData("rfp", 10)]
    [InlineData("structured", 5)]
    [InlineData("unstructured", 12)]
    public void Run_EveryMethod_StartsAtTheUnprunedScoreAndEndsWithLess(string method, int count)
    {
        using var folder = new TemporaryFolder();
        using var engine = new CpuEngine(threadsPerLane: 2);
        var saved = new List<BertParameters>();
        FrontReport report = Run(folder.Path, method, engine, save: (_, weights) => saved.Add(weights));

        Assert.Equal(count, report.Trials.Count);
        Assert.Equal(count, saved.Count);
        double expected = SuperNetworkSearch.ScoreOnTest(Data, Model, SubNetwork.Full(Model.Config), 16, engine).Value;
        Assert.Equal(expected, PruningRun.Detail(report.Trials[0], "test_score"));
        Assert.Equal(0, PruningRun.Detail(report.Trials[0], PruningRun.Sparsity));
        double[] sparsity = [.. report.Trials.Select(trial => PruningRun.Detail(trial, PruningRun.Sparsity))];
        Assert.Equal(sparsity.Order(), sparsity);
        foreach ((Trial trial, BertParameters weights) in report.Trials.Zip(saved))
        {
            long held = weights.Tensors().Sum(tensor => tensor.Values.LongLength);
            Assert.Equal(trial.Parameters, held);
            long zeroed = method == "unstructured" && trial.Id > 0
                ? weights.Tensors().Zip(Model.Parameters.Tensors()).Sum(pair => pair.First.Values.Zip(pair.Second.Values).LongCount(value => value.First != value.Second))
                : 0;
            Assert.Equal(held - zeroed, report.Value(trial, "parameters"));
            Assert.True(PruningRun.Detail(trial, "gflop_executed") > 0 && report.Value(trial, "latency") > 0);
            Assert.Equal(1 - report.Value(trial, "error"), PruningRun.Detail(trial, "validation_score"), 1e-12);
        }
    }

    [Fact]
    public void Run_CancelledInTheMiddle_ContinuesWithTheSameNetworks()
    {
        using var whole = new TemporaryFolder();
        using var cut = new TemporaryFolder();
        using var engine = new CpuEngine(threadsPerLane: 2);
        FrontReport expected = Run(whole.Path, "rfp", engine);
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Run(cut.Path, "rfp", engine, save: (trial, _) => Stop(trial), stop.Token));
        Assert.Equal(5, TrialJournal.Read(cut.Path).Trials.Count);
        int evaluated = 0;
        FrontReport resumed = Run(cut.Path, "rfp", engine, save: (_, _) => evaluated++);

        Assert.Equal(5, evaluated);
        Assert.Equal(expected.Trials.Select(trial => trial.SubNetwork), resumed.Trials.Select(trial => trial.SubNetwork));
        Assert.Equal(expected.Trials.Select(trial => trial.Values[0]), resumed.Trials.Select(trial => trial.Values[0]));
        Assert.Throws<InvalidDataException>(() => Run(cut.Path, "heads", engine));

        void Stop(Trial trial)
        {
            if (trial.Id == 4)
            {
                stop.Cancel();
            }
        }
    }

    [Fact]
    public void RequireSearched_WeightsThatTheMethodChanged_AreRefused()
    {
        using var folder = new TemporaryFolder();
        using var engine = new CpuEngine(threadsPerLane: 2);
        FrontReport report = Run(folder.Path, "unstructured", engine);
        var exception = Assert.Throws<InvalidDataException>(() => Endpoints.Pruning.Export.SubNetworkExport.RequireSearched(Model, "models/a", report));
        Assert.Contains("changed by unstructured", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Curve_TwoSeeds_GivesMeanAndSampleDeviation()
    {
        using var first = new TemporaryFolder();
        using var second = new TemporaryFolder();
        using var engine = new CpuEngine(threadsPerLane: 2);
        Checkpoint other = Model with { Parameters = BertParameters.Random(PruningFixture.Config, 22, 0.25f) };
        FrontReport[] runs = [Run(first.Path, "structured", engine), Run(second.Path, "structured", engine, model: other)];
        PruningCurve curve = PruningCurve.Of("accuracy", runs);
        curve.Write(first.Path);

        Assert.Equal((2, 5), (curve.Seeds, curve.Points.Count));
        for (int i = 0; i < 5; i++)
        {
            double a = PruningRun.Detail(runs[0].Trials[i], "train_score"), b = PruningRun.Detail(runs[1].Trials[i], "train_score");
            Assert.Equal((a + b) / 2, curve.Points[i].Train.Mean!.Value, 1e-12);
            Assert.Equal(Math.Abs(a - b) / Math.Sqrt(2), curve.Points[i].Train.Deviation, 1e-12);
            Assert.Null(curve.Points[i].PrunableSparsity.Mean);
        }

        Assert.Contains("class=\"band\"", File.ReadAllText(first.File("curve.svg")), StringComparison.Ordinal);
        Assert.Contains("Latency", File.ReadAllText(first.File("cost.svg")), StringComparison.Ordinal);
        string[] csv = File.ReadAllLines(first.File("curve.csv"));
        Assert.Equal(6, csv.Length);
        Assert.All(csv, line => Assert.Equal(csv[0].Count(c => c == ','), line.Count(c => c == ',')));
        Assert.Throws<ArgumentException>(() => PruningCurve.Of("accuracy", [runs[0], Run(second.File("heads"), "heads", engine)]));
    }

    [Fact]
    public void Rewire_RandomNetwork_PutsTheMostImportantFirstAndLeavesLogits()
    {
        using var engine = new CpuEngine(threadsPerLane: 2);
        RewiringOutcome outcome = SuperNetworkRewiring.Run(Data, Model, new RewiringSettings { MaxLength = 16 }, engine);
        Assert.True(outcome.LargestDifference <= 1e-5, $"{outcome.LargestDifference}");
        Assert.Equal(outcome.ScoreBefore, outcome.ScoreAfter);
        Assert.Contains("40 training examples", outcome.Checkpoint.Metadata!.Rewiring, StringComparison.Ordinal);
        var train = LabelledEncodings.Classification(
            [.. Data.Train.Select(example => Model.Tokenizer.Encode(example.Text))], [.. Data.Train.Select(example => example.Label)]);
        var scores = Endpoints.Pruning.Importance.MaskImportance.Of(outcome.Checkpoint.Parameters, train);
        foreach (double[] layer in scores.Heads.Concat(scores.Units))
        {
            Assert.All(layer.Zip(layer.Skip(1)), pair => Assert.True(pair.First >= pair.Second - 1e-6, $"{pair.First} comes before {pair.Second}"));
        }
    }

    [Fact]
    public void Rewire_Layers_SaysThatItChangesTheNetworkAndDropsItsMetrics()
    {
        using var engine = new CpuEngine(threadsPerLane: 2);
        Checkpoint known = Model with { Metadata = new EndpointMetadata { Metrics = new Dictionary<string, double> { ["accuracy"] = 0.5 } } };
        RewiringOutcome outcome = SuperNetworkRewiring.Run(Data, known, new RewiringSettings { MaxLength = 16, Layers = true }, engine);
        Assert.Equal([0, 1, 2, 3], outcome.LayerOrder!.Order());
        Assert.NotEqual([0, 1, 2, 3], outcome.LayerOrder!);
        Assert.True(outcome.LargestDifference > 1e-3, $"{outcome.LargestDifference}");
        Assert.Contains("changed what the network computes", outcome.Checkpoint.Metadata!.Rewiring, StringComparison.Ordinal);
        Assert.Empty(outcome.Checkpoint.Metadata.Metrics);
    }

    private static FrontReport Run(
        string folder, string method, CpuEngine engine, Action<Trial, BertParameters>? save = null, CancellationToken cancellationToken = default, Checkpoint? model = null) =>
        PruningRun.Run(
            Data, model ?? Model, new PruningSettings { Method = method, MaxLength = 16, Threads = 2 }, folder, engine, TimeProvider.System, save: save, cancellationToken: cancellationToken);

    private static Example[] Draw(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
            new Example(string.Join(' ', Enumerable.Range(0, random.Next(2, 12)).Select(_ => random.Next(60))), null, random.Next(2), 0))];
    }

    private sealed class NumberTokenizer : ITokenizer
    {
        public int VocabularySize => 60;

        public Encoding Encode(string text, string? pair = null, int? maxLength = null)
        {
            int[] ids = [.. text.Split(' ').Select(int.Parse)];
            return new Encoding(ids, new int[ids.Length], Truncated: false);
        }
    }
}
