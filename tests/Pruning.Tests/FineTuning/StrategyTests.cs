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

    [Fact]
    public void Create_FullWithBadOptions_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Create("full", Make.Config(), new StrategyOptions { RandomSubNetworks = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Create("full", Make.Config(), new StrategyOptions { Temperature = 0 }));
    }

    private static IFineTuningStrategy Create(string name, BertConfig config, StrategyOptions options) =>
        Catalogs.FineTuningStrategies.Create(name, new StrategyContext(Make.Small(config), options));

    private static float Run(string name, FakeTrainer trainer, StrategyOptions options)
    {
        var batch = new TokenBatch();
        foreach (var encoding in Make.Encodings(2, 5, 3))
        {
            batch.Add(encoding);
        }

        return Create(name, trainer.Config, options).Accumulate(new TrainingStep
        {
            Trainer = trainer,
            Batch = batch,
            LabelLoss = trainer.Config.LabelCount == 1 ? new SquaredErrorLoss(new float[] { 1, 0, 1 }) : new CrossEntropyLoss(Labels),
            Index = 0,
            TotalSteps = 1,
            Random = new Random(77),
        });
    }

    private static void AssertLoss(ILoss expected, FakeTrainer.Pass pass)
    {
        float[] gradient = new float[pass.Gradient.Length];
        Assert.Equal(expected.Compute(pass.Logits, pass.Logits.Length / pass.Examples.Length, gradient), pass.Loss);
        Assert.Equal(gradient, pass.Gradient);
    }
}
