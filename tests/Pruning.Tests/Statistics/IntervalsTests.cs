using Endpoints.Pruning.Statistics;
using Endpoints.Pruning.Tasks.Metrics;

namespace Endpoints.Pruning.Tests.Statistics;

public sealed class IntervalsTests
{
    [Theory]
    [InlineData(8, 10, 0.490162, 0.943318)]
    [InlineData(0, 10, 0, 0.277533)]
    [InlineData(10, 10, 0.722467, 1)]
    [InlineData(500, 1000, 0.469069, 0.530931)]
    public void Wilson_KnownCases_MatchTheFormula(int successes, int count, double low, double high)
    {
        ConfidenceInterval interval = Intervals.Wilson(successes, count);
        Assert.True(Math.Abs(interval.Low - low) <= 1e-6 && Math.Abs(interval.High - high) <= 1e-6, $"{interval}");
    }

    [Fact]
    public void Of_Accuracy_IsWilsons()
    {
        float[] targets = [.. Enumerable.Range(0, 10).Select(i => (float)(i % 2))];
        float[] predictions = [.. targets.Select((target, i) => i < 8 ? target : 1 - target)];
        Assert.Equal(Intervals.Wilson(8, 10), Intervals.Of(MetricCatalog.Accuracy, predictions, targets));
    }

    [Fact]
    public void Bootstrap_MeanOfManyValues_IsNearTheNormalIntervalAndRepeats()
    {
        // A share of 0.7 over 2,000 examples: 1.96 standard errors are 0.0201.
        float[] targets = new float[2000];
        float[] predictions = [.. Enumerable.Range(0, 2000).Select(i => i % 10 < 7 ? 0f : 1)];
        ConfidenceInterval interval = Intervals.Bootstrap(MetricCatalog.Accuracy.Score, predictions, targets);
        Assert.Equal(interval, Intervals.Bootstrap(MetricCatalog.Accuracy.Score, predictions, targets));
        Assert.True(Math.Abs(interval.Low - 0.6799) <= 0.004 && Math.Abs(interval.High - 0.7201) <= 0.004, $"{interval}");
    }

    [Fact]
    public void Bootstrap_UndefinedEverywhere_IsNotANumber()
    {
        ConfidenceInterval interval = Intervals.Of(MetricCatalog.Find("pearson"), [1, 1, 1], [1, 2, 3]);
        Assert.False(interval.IsDefined);
        Assert.True(double.IsNaN(interval.Low) && double.IsNaN(interval.High));
    }

    [Fact]
    public void ToError_TurnsTheEndsAround() => Assert.Equal(new ConfidenceInterval(0.25, 0.5), new ConfidenceInterval(0.5, 0.75).ToError());
}
