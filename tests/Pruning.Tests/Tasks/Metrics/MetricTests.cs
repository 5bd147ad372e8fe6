using Endpoints.Pruning.Tasks.Metrics;

namespace Endpoints.Tests.Pruning.Tasks.Metrics;

public class MetricTests
{
    [Fact]
    public void Accuracy_ThreeOfFourRight_IsThreeQuarters() => Assert.Equal(0.75, MetricCatalog.Accuracy.Score([0, 1, 2, 1], [0, 1, 1, 1]));

    [Fact]
    public void Pearson_ByHand_Agrees()
    {
        // Deviations -1.5 -0.5 0.5 1.5 and -2 0 -1 3: covariance 7, squares 5 and 14.
        double score = MetricCatalog.Find("Pearson").Score([1, 2, 3, 4], [1, 3, 2, 6]);
        Assert.True(Math.Abs(score - (7 / Math.Sqrt(70))) <= 1e-12, $"{score}");
    }

    [Fact]
    public void Pearson_ConstantPrediction_IsUndefined() => Assert.True(double.IsNaN(MetricCatalog.Find("pearson").Score([2, 2, 2], [1, 2, 3])));

    [Theory]
    [InlineData("accuracy")]
    [InlineData("pearson")]
    public void Score_NoneOrUnequalCounts_Throws(string name)
    {
        IMetric metric = MetricCatalog.Find(name);
        Assert.Throws<ArgumentException>(() => metric.Score([], []));
        Assert.Throws<ArgumentException>(() => metric.Score([1], [1, 2]));
    }
}
