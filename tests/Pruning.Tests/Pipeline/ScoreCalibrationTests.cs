using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Pipeline;
using Endpoints.Pruning.Tests.Fakes;

namespace Endpoints.Pruning.Tests.Pipeline;

public sealed class ScoreCalibrationTests
{
    [Fact]
    public void FoldInto_Classifier_DividesEveryLogit()
    {
        var parameters = BertParameters.Random(Make.Config(labels: 3), 5, 0.4f);
        parameters.Classifier.Bias.AsSpan().Fill(0.7f);
        float[] before = Logits(parameters);
        ScoreCalibration.FoldInto(parameters, 2.5);
        float[] after = Logits(parameters);
        Assert.All(before.Zip(after), pair => Assert.True(Math.Abs((pair.First / 2.5f) - pair.Second) <= 1e-6f, $"{pair}"));
        Assert.Contains(before, logit => Math.Abs(logit) > 0.1f);
    }

    private static float[] Logits(BertParameters parameters)
    {
        using var engine = new CpuEngine(threadsPerLane: 1);
        var batch = new TokenBatch();
        batch.Add([1, 5, 2], [0, 0, 0]);
        float[] logits = new float[3];
        engine.Load(parameters).CreateClassifier(SubNetwork.Full(parameters.Config), 0).Classify(batch, logits);
        return logits;
    }
}
