using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Training;
using Endpoints.Bert.Training.Losses;
using Endpoints.Pruning.FineTuning;
using Endpoints.Pruning.SearchSpaces;
using Endpoints.Pruning.Tests.Fakes;

namespace Endpoints.Pruning.Tests.FineTuning;

public sealed class StrategyTests
{
    private static readonly int[] Labels = [1, 0, 1];

    [Fact]
    public void Accumulate_Standard_RunsTheSuperNetworkOnLabels()
    {
        var trainer = new FakeTrainer(Make.Config());
        float loss = Run("standard", trainer, new StrategyOptions());
        FakeTrainer.Pass pass = Assert.Single(trainer.Passes);
        Assert.Equal("full", pass.SubNetwork.ToString());
        Assert.Equal(pass.Loss, loss);
        AssertLoss(new CrossEntropyLoss(Labels), pass);
    }

    [Fact]
    public void Accumulate_Full_RunsSuperNetworkRandomOnesAndSmallest()
    {
        var trainer = new FakeTrainer(Make.Config());
        float loss = Run("full", trainer, new StrategyOptions());
        ISearchSpace space = Make.Small();
        var random = new Random(77);
        string[] expected =
        [
            "full", .. Enumerable.Range(0, 2).Select(_ => space.SubNetworkAt(space.Sample(random)).ToString()), space.SubNetworkAt(space.Smallest).ToString(),
        ];
        Assert.Equal(expected, trainer.Passes.Select(pass => pass.SubNetwork.ToString()));
        Assert.Equal(trainer.Passes[0].Loss, loss);
        AssertLoss(new CrossEntropyLoss(Labels), trainer.Passes[0]);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Accumulate_FullClassification_SubNetworksFollowTheSuperNetworksLogits(bool labelTerm, bool squareTemperature)
    {
        var trainer = new FakeTrainer(Make.Config());
        Run("full", trainer, new StrategyOptions { LabelTerm = labelTerm, SquareTemperature = squareTemperature, Temperature = 4 });
        var distillation = new DistillationLoss(trainer.Passes[0].Logits, 4, squareTemperature);
        ILoss expected = labelTerm ? new WeightedSum((new CrossEntropyLoss(Labels), 1), (distillation, 1)) : distillation;
        Assert.All(trainer.Passes.Skip(1), pass => AssertLoss(expected, pass));
    }

    [Fact]
    public void Accumulate_FullRegression_SubNetworksFollowTheSuperNetworkAlone()
    {
        var trainer = new FakeTrainer(Make.Config(labels: 1));
        Run("full", trainer, new StrategyOptions());
        AssertLoss(new SquaredErrorLoss(new float[] { 1, 0, 1 }), trainer.Passes[0]);
        Assert.All(trainer.Passes.Skip(1), pass => AssertLoss(new SquaredErrorLoss(trainer.Passes[0].Logits), pass));
    }

    [Fact]
    public void Accumulate_FullWithOptions_TakesNumberAndSmallest()
    {
        var trainer = new FakeTrainer(Make.Config());
        Run("full", trainer, new StrategyOptions { RandomSubNetworks = 3, Smallest = SubNetwork.Small(trainer.Config, 1, 1, 1) });
        Assert.Equal(5, trainer.Passes.Count);
        Assert.Equal("small:l=1,h=1,u=1", trainer.Passes[^1].SubNetwork.ToString());
    }

    [Theory]
    [InlineData("random", 1)]
    [InlineData("random-linear", 1)]
    [InlineData("alternating", 1)]
    [InlineData("sandwich", 2)]
    [InlineData("distillation", 2)]
    [InlineData("full", 2)]
    public void Accumulate_EveryStrategyOfOneSeed_TrainsTheSameRandomSubNetworks(string name, int defaultCount)
    {
        // In the last step random-linear trains sub-networks for sure; alternating does in even ones.
        ISearchSpace space = Make.Small();
        foreach (int? count in (int?[])[null, 1, 3])
        {
            var trainer = new FakeTrainer(Make.Config());
            Run(name, trainer, new StrategyOptions { RandomSubNetworks = count }, index: 8, total: 9);
            var random = new Random(77);
            string[] expected = [.. Enumerable.Range(0, count ?? defaultCount).Select(_ => space.SubNetworkAt(space.Sample(random)).ToString())];
            string[] drawn = [.. trainer.Passes.Select(pass => pass.SubNetwork.ToString())];
            Assert.Equal(expected, name is "sandwich" or "full" ? drawn[1..^1] : name == "distillation" ? drawn[1..] : drawn);
        }
    }

    [Fact]
    public void Accumulate_Sandwich_RunsAllOnTheLabels()
    {
        var trainer = new FakeTrainer(Make.Config());
        float loss = Run("sandwich", trainer, new StrategyOptions());
        Assert.Equal(("full", "small:l=0,h=0,u=0", 4), ($"{trainer.Passes[0].SubNetwork}", $"{trainer.Passes[^1].SubNetwork}", trainer.Passes.Count));
        Assert.All(trainer.Passes, pass => AssertLoss(new CrossEntropyLoss(Labels), pass));
        Assert.Equal(trainer.Passes[0].Loss, loss);
    }

    [Fact]
    public void Accumulate_Random_GivesTheMeanLossOfWhatItRan()
    {
        var trainer = new FakeTrainer(Make.Config());
        float loss = Run("random", trainer, new StrategyOptions { RandomSubNetworks = 3 });
        Assert.All(trainer.Passes, pass => AssertLoss(new CrossEntropyLoss(Labels), pass));
        Assert.Equal(trainer.Passes.Average(pass => pass.Loss), loss, 1e-6f);
    }

    [Fact]
    public void Accumulate_RandomLinear_TrainsSubNetworksMoreAndMoreOften()
    {
        const int total = 400;
        bool[] isRandom = [.. Enumerable.Range(0, total).Select(index =>
        {
            var trainer = new FakeTrainer(Make.Config());
            Run("random-linear", trainer, new StrategyOptions(), index, total, seed: index);
            FakeTrainer.Pass pass = Assert.Single(trainer.Passes);
            AssertLoss(new CrossEntropyLoss(Labels), pass);
            return pass.SubNetwork.ToString() != "full";
        })];
        Assert.False(isRandom[0]);
        Assert.True(isRandom[^1]);
        Assert.InRange(isRandom[..(total / 4)].Count(random => random), 4, 24);
        Assert.InRange(isRandom[(3 * total / 4)..].Count(random => random), 76, 97);
    }

    [Fact]
    public void Accumulate_RandomLinearOfOneStep_TrainsTheSuperNetwork()
    {
        var trainer = new FakeTrainer(Make.Config());
        Run("random-linear", trainer, new StrategyOptions());
        Assert.Equal("full", Assert.Single(trainer.Passes).SubNetwork.ToString());
    }

    [Fact]
    public void Accumulate_Alternating_TakesTurns()
    {
        var trainer = new FakeTrainer(Make.Config());
        for (int index = 0; index < 4; index++)
        {
            Run("alternating", trainer, new StrategyOptions(), index, 4, seed: 100 + index);
        }

        Assert.Equal([false, true, false, true], trainer.Passes.Select(pass => pass.SubNetwork.ToString() == "full"));
    }

    [Fact]
    public void Accumulate_Distillation_SubNetworksFollowTheTrainedTeacher()
    {
        var trainer = new FakeTrainer(Make.Config());
        Run("distillation", trainer, new StrategyOptions());
        Assert.Equal(3, trainer.Passes.Count);
        AssertLoss(new CrossEntropyLoss(Labels), trainer.Passes[0]);
        ILoss expected = Followed(trainer.Passes[0].Logits);
        Assert.All(trainer.Passes.Skip(1), pass => AssertLoss(expected, pass));
        Assert.Empty(trainer.Watched);
    }

    [Fact]
    public void Accumulate_DistillationOfAnUntrainedTeacher_OnlyWatchesIt()
    {
        var trainer = new FakeTrainer(Make.Config());
        float loss = Run("distillation", trainer, new StrategyOptions { TrainTeacher = false });
        Assert.Equal("full", Assert.Single(trainer.Watched).ToString());
        Assert.Equal(2, trainer.Passes.Count);
        Assert.DoesNotContain(trainer.Passes, pass => pass.SubNetwork.ToString() == "full");

        var trained = new FakeTrainer(Make.Config());
        Run("distillation", trained, new StrategyOptions());
        Assert.All(trainer.Passes, pass => AssertLoss(Followed(trained.Passes[0].Logits), pass));
        Assert.Equal(trained.Passes[0].Loss, loss);
    }

    [Theory]
    [InlineData("standard", 0)]
    [InlineData("full", 1)]
    [InlineData("distillation", 1)]
    public void Accumulate_FixedTeacher_IsFollowedInPlaceOfTheSuperNetwork(string name, int firstFollower)
    {
        float[] teacher = [3, -1, 0, 2, 1, 1];
        var trainer = new FakeTrainer(Make.Config());
        Run(name, trainer, new StrategyOptions(), teacher: teacher);
        Assert.All(trainer.Passes.Take(firstFollower), pass => AssertLoss(new CrossEntropyLoss(Labels), pass));
        Assert.All(trainer.Passes.Skip(firstFollower), pass => AssertLoss(Followed(teacher), pass));
    }

    [Fact]
    public void Accumulate_Costs_CountPassesByKindWithTheirShare()
    {
        var trainer = new FakeTrainer(Make.Config());
        var costs = new PassCosts(trainer.Config, new ManualTime());
        Run("full", trainer, new StrategyOptions(), costs: costs);
        Assert.Equal([(PassKind.Full, 1), (PassKind.Random, 2), (PassKind.Smallest, 1)], costs.Summary.Select(cost => (cost.Kind, cost.Passes)));
        Assert.Equal(1, costs.Summary[0].ShareOfOperations);
        double[] shares = [.. trainer.Passes.Select(pass => Lengths.Sum(length => OperationCount.Executed(trainer.Config, pass.SubNetwork, length)))];
        Assert.Equal((shares[1] + shares[2]) / (2 * shares[0]), costs.Summary[1].ShareOfOperations, 12);
        Assert.Equal(shares[3] / shares[0], costs.Summary[2].ShareOfOperations, 12);
        Assert.InRange(costs.Summary[2].ShareOfOperations, 1e-6, 0.2);
    }

    /// <summary>Acceptance test 9: one step accumulates exactly the sum of what its passes give alone, without dropout.</summary>
    [Theory]
    [InlineData("full")]
    [InlineData("sandwich")]
    [InlineData("distillation")]
    public void Accumulate_RealTrainer_SumsTheGradientsOfItsPasses(string name)
    {
        BertConfig config = Make.Config();
        var options = new TrainerOptions { Dropout = 0, Threads = 1, ClipNorm = 0 };
        var recorder = new RecordingTrainer(new Trainer(BertParameters.Random(config, 3, 0.3f), options));
        Run(name, recorder, new StrategyOptions());
        float[][] summed = Gradients(recorder.Inner);
        double[][] separate = [.. summed.Select(tensor => new double[tensor.Length])];
        foreach ((SubNetwork subNetwork, TokenBatch batch, ILoss loss) in recorder.Passes)
        {
            using var alone = new Trainer(BertParameters.Random(config, 3, 0.3f), options);
            alone.Accumulate(subNetwork, batch, loss, new float[batch.Count * config.LabelCount]);
            foreach ((double[] sum, float[] part) in separate.Zip(Gradients(alone)))
            {
                for (int i = 0; i < sum.Length; i++)
                {
                    sum[i] += part[i];
                }
            }
        }

        Assert.True(recorder.Passes.Count >= 3);
        Assert.True(summed.Max(tensor => tensor.Max(Math.Abs)) > 1e-3);
        foreach ((float[] together, double[] sum) in summed.Zip(separate))
        {
            for (int i = 0; i < sum.Length; i++)
            {
                Assert.True(Math.Abs(together[i] - sum[i]) <= 1e-5 + (1e-4 * Math.Abs(sum[i])), $"{together[i]} and {sum[i]}");
            }
        }

        recorder.Inner.Dispose();
    }

    /// <summary>Acceptance test 8: with T², the gradient of the distillation is T (softmax(y_sub / T) - softmax(y_super / T)), here of one row.</summary>
    [Fact]
    public void Accumulate_DistillationGradient_IsTTimesTheDifferenceOfSoftScores()
    {
        float[] teacher = [2, -1], student = [0.5f, 1], gradient = new float[2];
        const double t = 10;
        new DistillationLoss(teacher, (float)t, squareTemperature: true).Compute(student, 2, gradient);
        double Soft(float[] logits, int i) => Math.Exp(logits[i] / t) / (Math.Exp(logits[0] / t) + Math.Exp(logits[1] / t));
        for (int i = 0; i < 2; i++)
        {
            double expected = t * (Soft(student, i) - Soft(teacher, i));
            Assert.True(Math.Abs(gradient[i] - expected) <= 1e-5, $"{gradient[i]}, expected {expected}");
        }
    }

    [Theory]
    [InlineData("random")]
    [InlineData("random-linear")]
    [InlineData("alternating")]
    [InlineData("distillation")]
    public void Create_WithoutRandomSubNetworks_SaysHowManyAreExpected(string name) => Assert.Contains(
        "RandomSubNetworks must be at least 1",
        Assert.Throws<ArgumentOutOfRangeException>(() => Create(name, Make.Config(), new StrategyOptions { RandomSubNetworks = 0 })).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Create_FullWithBadOptions_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Create("full", Make.Config(), new StrategyOptions { RandomSubNetworks = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Create("full", Make.Config(), new StrategyOptions { Temperature = 0 }));
    }

    private static IFineTuningStrategy Create(string name, BertConfig config, StrategyOptions options) =>
        Catalogs.FineTuningStrategies.Create(name, new StrategyContext(Make.Small(config), options));

    private static readonly int[] Lengths = [2, 5, 3];

    private static WeightedSum Followed(float[] teacher) =>
        new((new CrossEntropyLoss(Labels), 1), (new DistillationLoss(teacher, 10, squareTemperature: true), 1));

    private static float[][] Gradients(Trainer trainer) => [.. trainer.Gradients.Tensors().Select(tensor => tensor.Values.ToArray())];

    private static float Run(
        string name, ITrainer trainer, StrategyOptions options, int index = 0, int total = 1, int seed = 77, float[]? teacher = null, PassCosts? costs = null)
    {
        var batch = new TokenBatch();
        foreach (var encoding in Make.Encodings(Lengths))
        {
            batch.Add(encoding);
        }

        return Create(name, trainer.Config, options).Accumulate(new TrainingStep
        {
            Trainer = trainer,
            Batch = batch,
            LabelLoss = trainer.Config.LabelCount == 1 ? new SquaredErrorLoss(new float[] { 1, 0, 1 }) : new CrossEntropyLoss(Labels),
            Index = index,
            TotalSteps = total,
            Random = new Random(seed),
            TeacherLogits = teacher,
            Costs = costs,
        });
    }

    private static void AssertLoss(ILoss expected, FakeTrainer.Pass pass)
    {
        float[] gradient = new float[pass.Gradient.Length];
        Assert.Equal(expected.Compute(pass.Logits, pass.Logits.Length / pass.Examples.Length, gradient), pass.Loss);
        Assert.Equal(gradient, pass.Gradient);
    }

    /// <summary>A real trainer that remembers what it was asked to run.</summary>
    private sealed class RecordingTrainer(Trainer inner) : ITrainer
    {
        public Trainer Inner => inner;

        public List<(SubNetwork SubNetwork, TokenBatch Batch, ILoss Loss)> Passes { get; } = [];

        public BertConfig Config => inner.Config;

        public float Accumulate(SubNetwork subNetwork, TokenBatch batch, ILoss loss, Span<float> logits)
        {
            Passes.Add((subNetwork, batch, loss));
            return inner.Accumulate(subNetwork, batch, loss, logits);
        }

        public void Forward(SubNetwork subNetwork, TokenBatch batch, Span<float> logits) => inner.Forward(subNetwork, batch, logits);

        public float Step(float learningRate) => inner.Step(learningRate);
    }
}
