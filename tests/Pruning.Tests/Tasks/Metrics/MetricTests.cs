using Endpoints.Pruning.Tasks.Metrics;

namespace Endpoints.Tests.Pruning.Tasks.Metrics;

public class MetricTests
{
    [Fact]
    public void Accuracy_ThreeOfFourRight_IsThreeQuarters() => Assert.Equal(0.75, MetricCatalog.Accuracy.Score([0, 1, 2, 1], [0, 1, 1, 1]));

    [Fact]
    public void F1_ByHand_IsOfTheSecondLabel()
    {
        // Of label 1: 2 found, 1 wrongly, 1 missed: 4/6. Of label 0: 1, 1, 1: 2/4.
        Near(2 / 3.0, "f1", [1, 1, 0, 1, 0], [1, 0, 0, 1, 1]);
        Near(7 / 12.0, "f1_macro", [1, 1, 0, 1, 0], [1, 0, 0, 1, 1]);
    }

    [Fact]
    public void F1_NoPositive_IsZero()
    {
        Near(0, "f1", [0, 0], [0, 0]);
        Near(1, "f1_macro", [0, 0], [0, 0]);
    }

    [Fact]
    public void F1_EverythingPositive_IsTheCollapsedModels() => Near(2 * 0.7 / 1.7, "f1", [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1, 1, 0, 0, 0]);

    [Fact]
    public void Matthews_ByHand_Agrees()
    {
        // Two labels: (TP TN - FP FN) / sqrt((TP+FP) (TP+FN) (TN+FP) (TN+FN)) = (2 - 1) / 6.
        Near(1 / 6.0, "matthews", [1, 1, 0, 1, 0], [1, 0, 0, 1, 1]);
        Near(2 / Math.Sqrt(24), "matthews", [1, 1, 1, 1, 0], [1, 1, 0, 0, 0]);

        // Three: 2 of 4 right, occurring 1 2 1 times, predicted 2 1 1 times: (2*4 - 5) / sqrt((16 - 6) (16 - 6)).
        Near(0.3, "matthews", [0, 1, 2, 0], [0, 1, 1, 2]);
        Near(-1, "matthews", [0, 1], [1, 0]);
    }

    [Theory]
    [InlineData(new float[] { 1, 1, 1 }, new float[] { 0, 1, 1 })]
    [InlineData(new float[] { 0, 1, 1 }, new float[] { 1, 1, 1 })]
    public void Matthews_OneLabelOnly_IsZero(float[] predictions, float[] targets) => Near(0, "matthews", predictions, targets);

    // Deviations -1.5 -0.5 0.5 1.5 and -2 0 -1 3: covariance 7, squares 5 and 14.
    [Fact]
    public void Pearson_ByHand_Agrees() => Near(7 / Math.Sqrt(70), "Pearson", [1, 2, 3, 4], [1, 3, 2, 6]);

    // Ranks 0 1.5 1.5 3 and 1 0 2.5 2.5: covariance 2.25, squares 4.5 each.
    [Fact]
    public void Spearman_TiesByHand_ShareTheirMeanRank() => Near(0.5, "spearman", [1, 2, 2, 10], [3, 1, 4, 4]);

    [Fact]
    public void Spearman_AnyMonotoneFunction_IsOne() => Near(1, "spearman", [-100, 0.1f, 0.2f, 9000], [1, 2, 3, 4]);

    [Theory]
    [InlineData("pearson")]
    [InlineData("spearman")]
    public void Score_ConstantSideOrOnePoint_IsUndefined(string name)
    {
        // A tenth is no binary fraction: the sum of many must not leave a deviation to correlate with.
        float[] tenths = [.. Enumerable.Repeat(0.1f, 1001)], rising = [.. Enumerable.Range(0, 1001).Select(i => i / 3f)];
        Assert.True(double.IsNaN(MetricCatalog.Find(name).Score(tenths, rising)));
        Assert.True(double.IsNaN(MetricCatalog.Find(name).Score(rising, tenths)));
        Assert.True(double.IsNaN(MetricCatalog.Find(name).Score([1], [2])));
    }

    [Theory]
    [InlineData("pearson", 1e-20f)]
    [InlineData("pearson", 1e20f)]
    [InlineData("spearman", 1e20f)]
    public void Score_LineOfAnyScale_IsNoMoreThanOne(string name, float scale)
    {
        float[] values = [.. Enumerable.Range(0, 1000).Select(i => MathF.Sin(i))];
        double score = MetricCatalog.Find(name).Score([.. values.Select(value => scale * value)], values);
        Assert.True(score <= 1 && score >= 1 - 1e-9, $"{score:R}");
    }

    [Fact]
    public void Score_NoneOrUnequalCounts_Throws() => Assert.All(MetricCatalog.Names, name =>
    {
        IMetric metric = MetricCatalog.Find(name);
        Assert.Throws<ArgumentException>(() => metric.Score([], []));
        Assert.Throws<ArgumentException>(() => metric.Score([1], [1, 2]));
        Assert.Throws<ArgumentException>(() => metric.Score([1, 2], [1]));
    });

    private static void Near(double expected, string name, float[] predictions, float[] targets)
    {
        double score = MetricCatalog.Find(name).Score(predictions, targets);
        Assert.True(Math.Abs(score - expected) <= 1e-12, $"{name}: expected {expected:R}, got {score:R}");
    }
}
