using Endpoints.Bert;
using Endpoints.Pruning.Batches;
using Endpoints.Pruning.FineTuning;
using Endpoints.Pruning.Tests.Fakes;

namespace Endpoints.Pruning.Tests.FineTuning;

public sealed class FineTunerTests
{
    private static readonly LabelledEncodings Examples = Make.Examples([.. Enumerable.Range(0, 11).Select(i => i % 2)]);
    private readonly FakeTrainer _trainer = new(Make.Config());
    private readonly ManualTime _time = new();

    [Fact]
    public void Run_EveryEpoch_SeesEveryExampleOnceInAnOrderOfItsOwn()
    {
        Run(new FineTuningOptions { Epochs = 3, BatchSize = 4, Seed = 8 });
        Assert.Equal([4, 4, 3, 4, 4, 3, 4, 4, 3], _trainer.Passes.Select(pass => pass.Examples.Length));
        int[][] epochs = [.. _trainer.Passes.Chunk(3).Select(passes => passes.SelectMany(pass => pass.Examples).ToArray())];
        Assert.All(epochs, epoch => Assert.Equal(Enumerable.Range(0, 11), epoch.Order()));
        Assert.Equal(3, epochs.Select(epoch => string.Join(",", epoch)).Distinct().Count());
    }

    [Fact]
    public void Run_SameSeed_DoesTheSame_OtherSeed_DoesOther()
    {
        string Order(string strategy, int seed)
        {
            var trainer = new FakeTrainer(Make.Config());
            Run(new FineTuningOptions { Epochs = 2, BatchSize = 4, Seed = seed }, trainer: trainer, strategy: strategy);
            return string.Join(";", trainer.Passes.Select(pass => $"{pass.SubNetwork} {string.Join(",", pass.Examples)}"));
        }

        Assert.Equal(Order("full", 1), Order("full", 1));
        Assert.NotEqual(Order("standard", 1), Order("standard", 2));
        Assert.NotEqual(Order("full", 1), Order("full", 2));
    }

    [Fact]
    public void Run_FullStrategy_StepsOnceAfterAllPassesAndDrawsAnewInEveryStep()
    {
        Run(new FineTuningOptions { Epochs = 2, BatchSize = 4 }, strategy: "full");
        Assert.Equal(6, _trainer.Steps.Count);
        Assert.All(_trainer.Steps, step => Assert.Equal(4, step.Passes));
        Assert.True(_trainer.Passes.Where((_, i) => i % 4 is 1 or 2).Select(pass => pass.SubNetwork.ToString()).Distinct().Count() > 6);
    }

    [Fact]
    public void Run_MultipleChoice_EveryLossIsOverTheChoicesOfAnExample()
    {
        BertConfig config = Make.Config(labels: 1) with { ProblemType = ProblemType.MultipleChoice };
        var trainer = new FakeTrainer(config);
        var examples = LabelledEncodings.MultipleChoice(Make.Encodings(2, 1, 3, 1, 2, 2, 4, 1, 1), choices: 3, [2, 0, 1]);
        Run(new FineTuningOptions { Epochs = 1, BatchSize = 2 }, trainer: trainer, strategy: "full", examples: examples);

        Assert.Equal([6, 6, 6, 6, 3, 3, 3, 3], trainer.Passes.Select(pass => pass.Examples.Length));
        Assert.All(trainer.Passes, pass => Assert.All(pass.Examples.Chunk(3), example => Assert.Equal(Enumerable.Range(example[0], 3), example)));
        Assert.All(trainer.Passes, pass => Assert.All(pass.Gradient.Chunk(3), row => Assert.True(Math.Abs(row.Sum()) <= 1e-5)));

        // The super-network learns from the labels alone: softmax over three less the right one, over the batch.
        FakeTrainer.Pass whole = trainer.Passes[4];
        double[] powers = [.. whole.Logits.Select(logit => Math.Exp(logit))];
        int right = new[] { 2, 0, 1 }[whole.Examples[0] / 3];
        Assert.All(Enumerable.Range(0, 3), i => Assert.True(Math.Abs((powers[i] / powers.Sum()) - (i == right ? 1 : 0) - whole.Gradient[i]) <= 1e-6));
    }

    [Fact]
    public void Run_WarmUp_FollowsTheLinearSchedule()
    {
        // 6 steps, a quarter of them rounded up: 2 of warm-up.
        Run(new FineTuningOptions { Epochs = 2, BatchSize = 4, LearningRate = 0.4f, WarmUp = 0.25 });
        Assert.Equal([0f, 0.2f, 0.4f, 0.3f, 0.2f, 0.1f], _trainer.Steps.Select(step => step.Rate));
    }

    [Fact]
    public void Run_WarmUpOfNearlyEverything_LeavesOneStep()
    {
        Run(new FineTuningOptions { Epochs = 1, BatchSize = 11, LearningRate = 0.4f, WarmUp = 0.9 });
        Assert.Equal([0.4f], _trainer.Steps.Select(step => step.Rate));
    }

    [Theory]
    [InlineData(KeptEpoch.Last, new[] { 0.5, 0.9, 0.9, 0.7 }, new[] { 4 })]
    [InlineData(KeptEpoch.Best, new[] { 0.5, 0.9, 0.9, 0.7 }, new[] { 1, 2 })]
    [InlineData(KeptEpoch.Best, new[] { double.NaN, double.NaN, 0.1, double.NaN }, new[] { 1, 3 })]
    public void Run_Keep_KeepsWhatTheOptionSays(KeptEpoch keep, double[] scores, int[] expected)
    {
        var kept = new List<int>();
        FineTuningResult result = Run(
            new FineTuningOptions { Epochs = 4, BatchSize = 8, Keep = keep }, validate: epoch => scores[epoch - 1], keep: kept.Add);
        Assert.Equal(expected, kept);
        Assert.Equal(expected[^1], result.Kept.Epoch);
        Assert.Equal(scores, result.Epochs.Select(epoch => epoch.Score));
    }

    [Fact]
    public void Run_EpochLoss_IsTheMeanOverExamples()
    {
        FineTuningResult result = Run(new FineTuningOptions { Epochs = 1, BatchSize = 4 });
        double expected = _trainer.Passes.Sum(pass => (double)pass.Loss * pass.Examples.Length) / 11;
        Assert.Equal(expected, result.Epochs[0].Loss, 12);
    }

    [Fact]
    public void Run_Progress_GivesRatesAndTimeLeft()
    {
        var progress = new List<FineTuningProgress>();
        _trainer.OnStep = _ =>
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            return 3;
        };
        Run(
            new FineTuningOptions { Epochs = 2, BatchSize = 4 },
            validate: _ =>
            {
                _time.Advance(TimeSpan.FromSeconds(10));
                return 0;
            },
            progress: progress.Add);

        Assert.Equal(6, progress.Count);
        Assert.Equal((1, 1, 6, 3f), (progress[0].Epoch, progress[0].Step, progress[0].TotalSteps, progress[0].GradientNorm));
        Assert.Equal(2, progress[0].ExamplesPerSecond, 9);
        Assert.Equal(TimeSpan.FromSeconds(10), progress[0].Remaining);

        // Lengths are 1 to 5 in turn: 31 tokens an epoch, which takes 6 s without its validation.
        Assert.Equal(31.0 / 6, progress[2].TokensPerSecond, 9);
        Assert.Equal(11.0 / 6, progress[2].ExamplesPerSecond, 9);
        Assert.Equal(TimeSpan.FromSeconds(6), progress[2].Remaining);
        Assert.Equal(TimeSpan.FromSeconds(4 + 10), progress[3].Remaining);
    }

    [Fact]
    public void Run_EpochResult_CountsItsOwnTokensAndSeconds()
    {
        _trainer.OnStep = _ =>
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            return 3;
        };
        FineTuningResult result = Run(
            new FineTuningOptions { Epochs = 2, BatchSize = 4 },
            validate: _ =>
            {
                _time.Advance(TimeSpan.FromSeconds(10));
                return 0;
            });
        Assert.All(result.Epochs, epoch => Assert.Equal((31L, 6.0, 31.0 / 6), (epoch.Tokens, epoch.Seconds, epoch.TokensPerSecond)));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Run_Divergence_SaysWhereAndWhatToTry(float norm)
    {
        _trainer.OnStep = step => step == 4 ? norm : 1;
        var exception = Assert.Throws<InvalidDataException>(() => Run(new FineTuningOptions { Epochs = 2, BatchSize = 4 }));
        Assert.Contains("step 5 (epoch 2", exception.Message, StringComparison.Ordinal);
        Assert.Contains("lower learning rate", exception.Message, StringComparison.Ordinal);
        Assert.Equal(5, _trainer.Steps.Count);
    }

    [Fact]
    public void Run_Cancelled_StopsBetweenSteps()
    {
        using var cancellation = new CancellationTokenSource();
        _trainer.OnStep = step =>
        {
            cancellation.Cancel();
            return 1;
        };
        Assert.Throws<OperationCanceledException>(() => Run(new FineTuningOptions { BatchSize = 4 }, cancellationToken: cancellation.Token));
        Assert.Single(_trainer.Steps);
    }

    [Fact]
    public void Run_BadOptionsOrExamples_ThrowsBeforeAnyPass()
    {
        Assert.Contains("Epochs must be at least 1", Throws(new FineTuningOptions { Epochs = 0 }), StringComparison.Ordinal);
        Assert.Contains("BatchSize must be at least 1", Throws(new FineTuningOptions { BatchSize = 0 }), StringComparison.Ordinal);
        Assert.Contains("LearningRate must be above 0", Throws(new FineTuningOptions { LearningRate = float.NaN }), StringComparison.Ordinal);
        Assert.Contains("WarmUp must be from 0", Throws(new FineTuningOptions { WarmUp = 1 }), StringComparison.Ordinal);
        Assert.Contains("label 5", Assert.Throws<ArgumentException>(() => Run(new(), examples: Make.Examples(5))).Message, StringComparison.Ordinal);
        Assert.Empty(_trainer.Passes);
    }

    private string Throws(FineTuningOptions options) => Assert.Throws<ArgumentOutOfRangeException>(() => Run(options)).Message;

    private FineTuningResult Run(
        FineTuningOptions options,
        Func<int, double>? validate = null,
        Action<int>? keep = null,
        Action<FineTuningProgress>? progress = null,
        FakeTrainer? trainer = null,
        string strategy = "standard",
        LabelledEncodings? examples = null,
        CancellationToken cancellationToken = default)
    {
        var made = Catalogs.FineTuningStrategies.Create(strategy, new StrategyContext(Make.Small(), new StrategyOptions()));
        return new FineTuner(trainer ?? _trainer, made, options, _time)
            .Run(examples ?? Examples, validate ?? (_ => 0), keep ?? (_ => { }), progress, cancellationToken: cancellationToken);
    }
}
