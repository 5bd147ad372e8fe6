using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Training;
using Endpoints.Bert.Training.Losses;

namespace Endpoints.Bert.Tests.Training;

public sealed class TrainerForwardTests
{
    private static readonly BertConfig Config = BertConfig.Uniform(50, 8, 2, 2, 6, 16, "no", "yes");

    [Theory]
    [InlineData("full")]
    [InlineData("small:l=1,h=1,u=3")]
    [InlineData("small:l=0,h=0,u=0")]
    public void Forward_WithoutDropout_GivesTheLogitsOfAPassAndLearnsNothing(string text)
    {
        SubNetwork subNetwork = SubNetwork.Parse(text, Config);
        var batch = new TokenBatch();
        batch.Add([1, 7, 9, 2], [0, 0, 1, 1]);
        batch.Add([1, 3], [0, 0]);
        using var trainer = new Trainer(BertParameters.Random(Config, 2, 0.3f), new TrainerOptions { Dropout = 0, Threads = 1 });
        float[] before = [.. trainer.Parameters.Tensors().SelectMany(tensor => tensor.Values)];
        float[] watched = new float[4], passed = new float[4];

        trainer.Forward(subNetwork, batch, watched);
        Assert.Equal(0, trainer.Step(0.1f));
        Assert.Equal(before, trainer.Parameters.Tensors().SelectMany(tensor => tensor.Values));

        trainer.Accumulate(subNetwork, batch, new CrossEntropyLoss(new[] { 1, 0 }), passed);
        Assert.Equal(passed, watched);
        Assert.True(trainer.Step(0.1f) > 0);
    }
}
