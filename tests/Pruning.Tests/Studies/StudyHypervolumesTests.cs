using Endpoints.Pruning.Runs;
using Endpoints.Pruning.SearchSpaces;
using Endpoints.Pruning.Studies;

namespace Endpoints.Pruning.Tests.Studies;

public sealed class StudyHypervolumesTests
{
    [Fact]
    public void AfterTrials_TwoSearches_AreNormalisedTogether()
    {
        // Pooled errors are 0.1, 0.2, 0.3, 0.4 and sizes 10, 20, 30, 40: quantiles 0, 1/3, 2/3, 1 each.
        StudySearch one = Search(0, (0.1, 40), (0.4, 10)), other = Search(1, (0.2, 20), (0.3, 30));
        var volumes = new StudyHypervolumes([one, other]);

        // (0, 1): 2 x 1. With (1, 0) beside it: 2 + 1 x 1.
        Assert.Equal([2, 3], volumes.AfterTrials(one).Select(volume => Math.Round(volume, 12)));

        // (1/3, 1/3): (5/3)^2, and (2/3, 2/3) adds nothing.
        Assert.Equal(25.0 / 9, volumes.Of(other), 12);
        Assert.Equal(volumes.AfterTrials(other)[0], volumes.AfterTrials(other)[1]);
    }

    [Fact]
    public void Mean_OneValue_HasNoWidth()
    {
        StudyMean mean = StudyMean.Of([3.5]);
        Assert.Equal((3.5, 3.5, 3.5), (mean.Value, mean.Low, mean.High));
    }

    [Fact]
    public void Mean_Values_IntervalHoldsIt()
    {
        StudyMean mean = StudyMean.Of([1, 2, 3, 4, 5]);
        Assert.Equal(3, mean.Value);
        Assert.InRange(mean.Low, 1, 2.4);
        Assert.InRange(mean.High, 3.6, 5);
    }

    private static StudySearch Search(int seed, params (double Error, double Parameters)[] trials) => new(
        "task", "accuracy", "model", "full", "small", "random", seed,
        new StudyTrainingResult { ValidationScore = 1, TestScore = 1, Seconds = 1, Parameters = 40 },
        new FrontReport(
            new RunConfiguration
            {
                Task = "task",
                Validation = "v",
                SuperNetwork = "s",
                Space = "small",
                Method = "random",
                Seed = seed,
                Objectives = [new ObjectiveInfo("error", ""), new ObjectiveInfo("parameters", "")],
            },
            [.. trials.Select((trial, i) => new Trial
            {
                Id = i, Point = new SearchPoint(i), SubNetwork = $"small:{i}", Values = [trial.Error, trial.Parameters], Parameters = (long)trial.Parameters, PaperParameters = 0,
            })]),
        new Dictionary<int, double>());
}
