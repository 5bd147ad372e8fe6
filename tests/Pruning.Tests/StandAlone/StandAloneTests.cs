using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Training;
using Endpoints.Compute;
using Endpoints.Pruning.Batches;
using Endpoints.Pruning.FineTuning;
using Endpoints.Pruning.Objectives;
using Endpoints.Pruning.Runs;
using Endpoints.Pruning.StandAlone;
using Endpoints.Pruning.Tasks.Metrics;
using Endpoints.Pruning.Tests.Fakes;

namespace Endpoints.Pruning.Tests.StandAlone;

public sealed class StandAloneTests : IDisposable
{
    private static readonly LabelledEncodings Examples = Make.Examples([.. Enumerable.Range(0, 16).Select(i => i % 3 == 0 ? 1 : 0)]);

    private readonly CpuEngine _engine = new(threadsPerLane: 1);
    private readonly BertParameters _pretrained = BertParameters.Random(Make.Config(), 4, 0.3f);

    [Fact]
    public void RunEpoch_UntilFinished_KeepsTheBestEpochAndTheCurve()
    {
        string before = Fingerprint.Of(_pretrained);
        using StandAloneTrial trial = Evaluator().Start(SubNetwork.Small(_pretrained.Config, 2, 3, 5));
        Assert.Equal(1, trial.Error);
        var curve = new List<double>();
        while (!trial.IsFinished)
        {
            curve.Add(trial.RunEpoch());
            Assert.Equal(curve.Min(), trial.Error);
        }

        Assert.Equal(4, curve.Count);
        Assert.Throws<InvalidOperationException>(() => trial.RunEpoch());
        Measurement measurement = trial.Stop();
        Assert.Equal(curve.Min(), measurement.Value);
        Assert.Equal(curve, Enumerable.Range(1, 4).Select(epoch => measurement.Details![$"error_epoch_{epoch}"]));
        Assert.Equal((4, curve.IndexOf(curve.Min()) + 1), (measurement.Details!["epochs"], measurement.Details["best_epoch"]));
        Assert.InRange(measurement.Value, measurement.Details["error_low"], measurement.Details["error_high"]);
        Assert.Equal(measurement.Value, measurement.Predictions!.Zip(Examples.Targets.ToArray()).Count(pair => pair.First != pair.Second) / 16.0, 12);

        // Test and validation are the same examples here.
        Assert.Equal(measurement.Value, measurement.Details["test_error"]);
        Assert.Equal(before, Fingerprint.Of(_pretrained));
    }

    [Fact]
    public void Evaluate_Twice_GivesTheSame_AndOtherSubNetworksOther()
    {
        Measurement Run(int layers) => new StandAloneError(Evaluator()).Evaluate(SubNetwork.Small(_pretrained.Config, layers, 3, 5));
        string Text(Measurement measurement) =>
            string.Join(";", measurement.Details!.Where(detail => !detail.Key.StartsWith("seconds", StringComparison.Ordinal)).OrderBy(detail => detail.Key, StringComparer.Ordinal));
        Assert.Equal(Text(Run(2)), Text(Run(2)));
        Assert.NotEqual(Text(Run(2)), Text(Run(1)));
        Assert.Equal(4, Run(0).Details!["epochs"]);
    }

    [Fact]
    public void Evaluate_SchedulerThatStops_EndsTheTrialEarly()
    {
        var asked = new List<int>();
        var values = new List<double>();
        bool GoesOn(int epoch, double value)
        {
            asked.Add(epoch);
            values.Add(value);
            return epoch < 2;
        }

        Measurement measurement = new StandAloneError(Evaluator()).Evaluate(SubNetwork.Full(_pretrained.Config), GoesOn);
        Assert.Equal([1, 2], asked);
        Assert.Equal([measurement.Details!["error_epoch_1"], measurement.Details["error_epoch_2"]], values);
        Assert.Equal(2, measurement.Details!["epochs"]);
        Assert.False(measurement.Details.ContainsKey("error_epoch_3"));
    }

    [Fact]
    public void Evaluate_Divergence_IsABadSubNetworkAndNotTheEnd()
    {
        Measurement measurement = new StandAloneError(Evaluator(learningRate: 1e30f)).Evaluate(SubNetwork.Full(_pretrained.Config));
        Assert.Equal(1, measurement.Details!["diverged"]);
        Assert.InRange(measurement.Value, 0, 1);
        Assert.True(measurement.Details["epochs"] < 4);
    }

    public void Dispose() => _engine.Dispose();

    private StandAloneEvaluator Evaluator(float learningRate = 3e-3f)
    {
        var evaluator = new Evaluator(Examples, MetricCatalog.Accuracy);
        var settings = new StandAloneSettings
        {
            FineTuning = new FineTuningOptions { Epochs = 4, BatchSize = 4, LearningRate = learningRate },
            Trainer = new TrainerOptions { Threads = 1 },
        };
        return new StandAloneEvaluator(_pretrained, Examples, evaluator, evaluator, settings, _engine, Precision.Float32, new ManualTime());
    }
}
