using Endpoints.Pruning.Statistics;
using Endpoints.Pruning.Tasks.Metrics;

namespace Endpoints.Pruning.Tests.Statistics;

public sealed class PairedTestTests
{
    [Theory]
    [InlineData(10, 8, 0.0546875)] // (45 + 10 + 1) / 1024
    [InlineData(10, 0, 1)]
    [InlineData(0, 0, 1)]
    [InlineData(5, 5, 0.03125)]
    [InlineData(1, 1, 0.5)]
    public void UpperTail_KnownCases_AreBinomial(int count, int least, double expected) =>
        Assert.True(Math.Abs(PairedTest.UpperTail(count, least) - expected) <= 1e-12, $"{PairedTest.UpperTail(count, least)}");

    [Fact]
    public void UpperTail_ThousandsOfExamples_DoesNotUnderflow()
    {
        // 2,600 of 5,000 is 2.81 standard deviations (with the continuity correction) above the middle.
        double tail = PairedTest.UpperTail(5000, 2600);
        Assert.InRange(tail, 0.0023, 0.0026);
    }

    [Fact]
    public void WorseThan_Accuracy_CountsWhereExactlyOneIsRight()
    {
        // 100 examples: both right on 80, only the reference on 8, only the network on 2, neither on 10.
        float[] targets = new float[100];
        float[] network = [.. Enumerable.Range(0, 100).Select(i => i is < 80 or >= 88 and < 90 ? 0f : 1)];
        float[] reference = [.. Enumerable.Range(0, 100).Select(i => i < 88 ? 0f : 1)];
        Assert.Equal(0.0546875, PairedTest.WorseThan(MetricCatalog.Accuracy, network, reference, targets), 12);
        Assert.True(PairedTest.WorseThan(MetricCatalog.Accuracy, reference, network, targets) >= 0.98);
        Assert.Equal(1, PairedTest.WorseThan(MetricCatalog.Accuracy, network, network, targets));
    }

    [Fact]
    public void WorseThan_Correlation_BootstrapsTheDifference()
    {
        var random = new Random(4);
        float[] targets = [.. Enumerable.Range(0, 200).Select(_ => random.NextSingle())];
        float[] good = [.. targets.Select(target => target + (0.1f * random.NextSingle()))];
        float[] bad = [.. targets.Select(target => target + (3 * random.NextSingle()))];
        IMetric pearson = MetricCatalog.Find("pearson");
        Assert.True(PairedTest.WorseThan(pearson, bad, good, targets) <= 0.002);
        Assert.True(PairedTest.WorseThan(pearson, good, bad, targets) >= 0.998);
        Assert.Equal(1, PairedTest.WorseThan(pearson, good, good, targets));
    }

    [Fact]
    public void WorseThan_OtherLengths_SaysSo() => Assert.Contains(
        "2 and 3 for 3",
        Assert.Throws<ArgumentException>(() => PairedTest.WorseThan(MetricCatalog.Accuracy, [0, 1], [0, 1, 1], [0, 1, 1])).Message,
        StringComparison.Ordinal);
}
