using Endpoints.Bert;
using Endpoints.Bert.Multitask;
using Endpoints.Bert.Training;
using Endpoints.Pruning.FineTuning;
using Endpoints.Pruning.Multitask;

namespace Endpoints.Pruning.Tests.Multitask;

public sealed class MultitaskTrainingTests : IDisposable
{
    private readonly ThreeTasks _files = new();
    private readonly CpuEngine _engine = new(threadsPerLane: 1);

    public void Dispose()
    {
        _engine.Dispose();
        _files.Dispose();
    }

    [Theory]
    [InlineData(Interleaving.Joint, 45)]
    [InlineData(Interleaving.Alternating, 20)]
    public void Run_TasksThatCanBeLearnt_LearnsAllThree(Interleaving interleaving, int epochs)
    {
        MultitaskOutcome outcome = Run(interleaving, epochs, batch: 8);
        Assert.Equal(epochs, outcome.Epochs.Count);
        Assert.All(outcome.Test.Heads, head => Assert.True(head.Score >= 0.9, $"{head}"));
        Assert.All(outcome.Epochs[0].Losses.Zip(outcome.Epochs[^1].Losses), pair => Assert.True(pair.Second < 0.6 * pair.First, $"{pair}"));
        Assert.Equal(outcome.Epochs.Max(epoch => epoch.Validation.Overall), outcome.Kept.Validation.Overall);
        Assert.Equal(outcome.Test.Overall, outcome.Checkpoint.Metadata!.Metrics["overall"]);
        Assert.Equal(outcome.Test.Heads[1].Score, outcome.Checkpoint.Metadata.Metrics["same_accuracy"]);
    }

    [Fact]
    public void Run_SameSeed_GivesTheSameBits()
    {
        float[][] Weights(int seed) => [.. Run(Interleaving.Joint, epochs: 1, seed).Checkpoint.Parameters.Tensors().Select(tensor => tensor.Values)];
        float[][] first = Weights(5);
        Assert.Equal(first, Weights(5));
        Assert.NotEqual(first, Weights(6));
    }

    /// <summary>An epoch of 48 moods in batches of 16 is 3 steps; the pairs in batches of 4 are then seen in part.</summary>
    [Fact]
    public void Run_OneEpoch_IsTheEpochTasksBatches()
    {
        var steps = new List<MultitaskProgress>();
        MultitaskOutcome outcome = Run(Interleaving.Joint, epochs: 2, progress: steps.Add);
        Assert.Equal(6, steps.Count);
        Assert.Equal([1, 1, 1, 2, 2, 2], steps.Select(step => step.Epoch));
        MultitaskTaskData moods = _files.Data.Tasks[0];
        Assert.True(outcome.Epochs[0].Tokens > Enumerable.Range(0, moods.Train.Count).Sum(moods.Train.Length));
    }

    [Fact]
    public void Next_LongerThanAPass_StartsANewOrder()
    {
        var stream = new ExampleStream(_files.Data.Tasks[0].Train, batchSize: 20, seed: 3);
        int[][] batches = [.. Enumerable.Range(0, 6).Select(_ => stream.Next())];
        Assert.Equal([20, 20, 8, 20, 20, 8], batches.Select(batch => batch.Length));
        int[] first = [.. batches[..3].SelectMany(batch => batch)], second = [.. batches[3..].SelectMany(batch => batch)];
        Assert.Equal(Enumerable.Range(0, 48), first.Order());
        Assert.Equal(Enumerable.Range(0, 48), second.Order());
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void Run_RateThatDiverges_SaysWhatToTry()
    {
        string message = Assert.Throws<InvalidDataException>(() => Run(Interleaving.Joint, epochs: 3, rate: 1e30f)).Message;
        Assert.Contains("lower learning rate", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_OneTaskAlone_TrainsItsHead()
    {
        MultitaskData data = _files.Data.Only(_files.Data.Tasks[2]);
        MultitaskCheckpoint start = _files.Start();
        start = start with { Parameters = new MultitaskParameters(start.Parameters.Trunk, [start.Parameters.Head("alike")]) };
        MultitaskOutcome outcome = new MultitaskTraining(data, Settings(Interleaving.Joint, 10, 5, 5e-3f), _engine, TimeProvider.System).Run(start);
        Assert.True(outcome.Test.Overall >= 0.9, $"{outcome.Test.Overall}");
    }

    private MultitaskOutcome Run(Interleaving interleaving, int epochs, int seed = 5, float rate = 5e-3f, int batch = 16, Action<MultitaskProgress>? progress = null) =>
        new MultitaskTraining(_files.Data, Settings(interleaving, epochs, seed, rate, batch), _engine, TimeProvider.System) { Progress = progress }.Run(_files.Start());

    private static MultitaskTrainingSettings Settings(Interleaving interleaving, int epochs, int seed, float rate, int batch = 16) => new()
    {
        Interleaving = interleaving,
        FineTuning = new FineTuningOptions { Epochs = epochs, BatchSize = batch, LearningRate = rate, Seed = seed, Keep = KeptEpoch.Best },
        Trainer = new TrainerOptions { Dropout = 0, PooledDropout = 0.1f, Threads = 1, Seed = seed },
    };
}
