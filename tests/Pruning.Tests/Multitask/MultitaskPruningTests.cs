using Endpoints.Bert;
using Endpoints.Bert.Multitask;
using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Baselines;
using Endpoints.Pruning.Multitask;
using Endpoints.Pruning.Pipeline;
using Endpoints.Pruning.Runs;
using Endpoints.Tests;

namespace Endpoints.Pruning.Tests.Multitask;

/// <summary>Pruning curves of a small random network of three heads and two layers.</summary>
public sealed class MultitaskPruningTests : IDisposable
{
    private readonly ThreeTasks _files = new();
    private readonly TemporaryFolder _folder = new();
    private readonly CpuEngine _engine = new(threadsPerLane: 1);
    private readonly MultitaskData _data;
    private readonly MultitaskParameters _model;

    public MultitaskPruningTests()
    {
        _data = _files.Data;
        _model = _files.Start().Parameters;
    }

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
        _files.Dispose();
    }

    [Theory]
    [InlineData("structured", 3)]
    [InlineData("unstructured", 12)]
    public void Run_EveryHead_StartsAtTheUnprunedScoresAndLosesParameters(string method, int count)
    {
        var network = new MultitaskNetwork(_engine, _model);
        foreach (MultitaskTaskData task in _data.Tasks)
        {
            FrontReport report = Run(task, method, _folder.File($"{task.Task.Head.Name}"));
            Assert.Equal($"three/{task.Task.Head.Name}", report.Configuration.Task);
            Assert.Equal(count, report.Trials.Count);
            foreach ((string part, HeadExamples examples) in ((string, HeadExamples)[])[("train", task.Train), ("validation", task.Validation), ("test", task.Test)])
            {
                double expected = new HeadEvaluator(task.Task, examples).Score(network, SubNetwork.Full(network.Config));
                Assert.True(double.IsFinite(expected));
                Assert.Equal(expected, PruningRun.Detail(report.Trials[0], $"{part}_score"));
            }

            double[] sparsity = [.. report.Trials.Select(trial => PruningRun.Detail(trial, PruningRun.Sparsity))];
            Assert.Equal(0, sparsity[0]);
            Assert.All(sparsity.Zip(sparsity.Skip(1)), pair => Assert.True(pair.First < pair.Second, $"{pair}"));
            Assert.All(report.Trials, trial => Assert.True(report.Value(trial, "latency") > 0));
        }
    }

    [Fact]
    public void Run_Structured_RanksLayersByTheHeadsOwnTrainingLoss()
    {
        var network = new MultitaskNetwork(_engine, _model);
        foreach (MultitaskTaskData task in _data.Tasks)
        {
            var train = new HeadEvaluator(task.Task, task.Train);
            double whole = train.Loss(network, SubNetwork.Full(network.Config));
            double[] increase = [.. ((string[])["layer:01", "layer:10"]).Select(text => train.Loss(network, SubNetwork.Parse(text, network.Config)) - whole)];
            int first = increase[0] <= increase[1] ? 0 : 1;
            FrontReport report = Run(task, "structured", _folder.File(task.Task.Head.Name));
            Assert.Equal([first, 1 - first], report.Trials.Skip(1).Select(trial => (int)PruningRun.Detail(trial, "removed_layer")));
            Assert.Equal(increase[first], PruningRun.Detail(report.Trials[1], "loss_increase"));
            Assert.Equal(
                new HeadEvaluator(task.Task, task.Validation).Score(network, SubNetwork.Parse(first == 0 ? "layer:01" : "layer:10", network.Config)),
                PruningRun.Detail(report.Trials[1], "validation_score"));
        }
    }

    /// <summary>Half of the weights by hand: the score of a head that was not pruned, on a trunk that was. The network that was given keeps its weights.</summary>
    [Fact]
    public void Run_UnstructuredAtHalf_IsTheTrunkWithoutItsSmallestWeightsUnderTheSameHead()
    {
        MultitaskTaskData task = _data.Tasks[2];
        FrontReport report = Run(task, "unstructured", _folder.Path, new PruningOptions { Levels = [0.5, 1] });
        MultitaskParameters halved = _model.Clone();
        float[][] prunable = [.. halved.Trunk.Tensors()
            .Where(tensor => tensor.Shape.Length == 2 && !tensor.Name.Contains("embeddings", StringComparison.Ordinal)).Select(tensor => tensor.Values)];
        float[] magnitudes = [.. prunable.SelectMany(values => values).Select(Math.Abs).Order()];
        foreach (float[] values in prunable)
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = Math.Abs(values[i]) < magnitudes[magnitudes.Length / 2] ? 0 : values[i];
            }
        }

        var network = new MultitaskNetwork(_engine, halved);
        double expected = new HeadEvaluator(task.Task, task.Test).Score(network, SubNetwork.Full(network.Config));
        Assert.Equal(expected, PruningRun.Detail(report.Trials[1], "test_score"));
        Assert.NotEqual(expected, PruningRun.Detail(report.Trials[0], "test_score"));
        Assert.Equal([0, 0.5, 1], report.Trials.Select(trial => Math.Round(PruningRun.Detail(trial, "prunable_sparsity"), 3)));
        Assert.Equal(magnitudes.Length / (double)report.Trials[0].Parameters, PruningRun.Detail(report.Trials[2], PruningRun.Sparsity), 1e-9);
        Assert.Equal(_files.Start().Parameters.Tensors().Select(tensor => tensor.Values), _model.Tensors().Select(tensor => tensor.Values));
    }

    /// <summary>Hidden size 32, layers of 4 heads and 64 units: what one example costs, worked out for each kind of head.</summary>
    [Theory]
    [InlineData(0, 1, (3 * 32) + 3, 2 * 3 * 32)]
    [InlineData(1, 2, 64 + 1, 2 * 64)]
    [InlineData(2, 2, (32 * 32) + 32, (4 * 32 * 32) + (6 * 32))]
    public void Run_WholeNetwork_CountsItsHeadAndEverySequence(int index, int sequences, long headParameters, double headOperations)
    {
        MultitaskTaskData task = _data.Tasks[index];
        Trial whole = Run(task, "structured", _folder.Path).Trials[0];
        BertConfig config = _model.Trunk.Config;
        var full = SubNetwork.Full(config);
        int[] lengths = [.. Enumerable.Range(0, task.Validation.Count).Select(task.Validation.Length)];
        double length = Math.Round(lengths.Average() / sequences);
        Assert.Equal(ParameterCount.Sliced(config, full) + headParameters, whole.Parameters);
        Assert.Equal(((sequences * OperationCount.Executed(config, full, length)) + headOperations) / 1e9, PruningRun.Detail(whole, "gflop_executed"), 1e-15);
    }

    [Fact]
    public void Run_CancelledInTheMiddle_ContinuesWithTheSameNetworks()
    {
        MultitaskTaskData task = _data.Tasks[1];
        string cut = _folder.File("cut");
        FrontReport expected = Run(task, "unstructured", _folder.File("whole"));
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Run(task, "unstructured", cut, progress: progress => StopAt(progress, 4), cancellationToken: stop.Token));
        Assert.Equal(4, TrialJournal.Read(cut).Trials.Count);
        int evaluated = 0;
        FrontReport resumed = Run(task, "unstructured", cut, progress: progress => evaluated += progress.Phase is null ? 1 : 0);

        Assert.Equal(8, evaluated);
        Assert.Equal(expected.Trials.Select(trial => trial.Values[0]), resumed.Trials.Select(trial => trial.Values[0]));
        Assert.Equal(expected.Trials.Select(trial => trial.Values[1]), resumed.Trials.Select(trial => trial.Values[1]));
        Assert.Throws<InvalidDataException>(() => Run(_data.Tasks[2], "unstructured", cut));
        Assert.Throws<InvalidDataException>(() => Run(task, "unstructured", cut, new PruningOptions { PerLayer = true }));

        void StopAt(PruningProgress progress, int finished)
        {
            if (progress.Phase is null && progress.Finished == finished)
            {
                stop.Cancel();
            }
        }
    }

    [Fact]
    public void Run_TwoSeeds_GiveABandOnBothAxes()
    {
        MultitaskTaskData task = _data.Tasks[2];
        MultitaskParameters other = MultitaskParameters.WithFreshHeads(
            BertParameters.Random(_model.Trunk.Config, seed: 9, standardDeviation: 0.08f), _data.Set.Tasks.Select(each => each.Head), seed: 3);
        FrontReport[] runs = [Run(task, "unstructured", _folder.File("1")), Run(task, "unstructured", _folder.File("2"), model: other)];
        PruningCurve curve = PruningCurve.Of("pearson", runs);
        curve.Write(_folder.Path);

        Assert.Equal((2, 12, true), (curve.Seeds, curve.Points.Count, curve.IsOfSingleWeights));
        Assert.Contains(curve.Points, point => point.Validation.Deviation > 0);
        foreach ((string file, string axis) in (ReadOnlySpan<(string, string)>)[("curve.svg", "Parameters removed"), ("curve-prunable.svg", "Prunable weights removed")])
        {
            string svg = File.ReadAllText(_folder.File(file));
            Assert.Contains("class=\"band\"", svg, StringComparison.Ordinal);
            Assert.Contains(axis, svg, StringComparison.Ordinal);
            Assert.Contains("three/alike", svg, StringComparison.Ordinal);
        }

        string[] csv = File.ReadAllLines(_folder.File("curve.csv"));
        Assert.Equal(13, csv.Length);
        Assert.StartsWith("unstructured,2,0,0,0,0,0,", csv[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Run_FewerExamples_DrawsThemForTheTrainingScoreAlone()
    {
        MultitaskTaskData task = _data.Tasks[0];
        FrontReport all = Run(task, "structured", _folder.File("all"));
        FrontReport some = Run(task, "structured", _folder.File("some"), examples: 7);
        Assert.Equal("structured examples=7", some.Configuration.Method);
        double sevenths = 7 * PruningRun.Detail(some.Trials[0], "train_score");
        Assert.Equal(Math.Round(sevenths), sevenths, 1e-9);
        Assert.Equal(PruningRun.Detail(all.Trials[0], "validation_score"), PruningRun.Detail(some.Trials[0], "validation_score"));
    }

    [Fact]
    public void Run_MethodForClassifiers_SaysWhichThereAre()
    {
        string message = Assert.Throws<ArgumentException>(() => Run(_data.Tasks[0], "rfp", _folder.Path)).Message;
        Assert.Contains("structured or unstructured, not by 'rfp'", message, StringComparison.Ordinal);
    }

    private FrontReport Run(
        MultitaskTaskData task,
        string method,
        string folder,
        PruningOptions? options = null,
        MultitaskParameters? model = null,
        int examples = 2048,
        Action<PruningProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var settings = new PruningSettings { Method = method, Options = options ?? new PruningOptions(), Examples = examples };
        return MultitaskPruning.Run(_data.Set.Name, task, model ?? _model, settings, folder, _engine, TimeProvider.System, progress, cancellationToken: cancellationToken);
    }
}
