using Endpoints.LoadTest.Measuring;

namespace Endpoints.LoadTest.Tests.Measuring;

public sealed class IntervalTests
{
    [Theory]
    [InlineData(10, 100, 0.05523, 0.17437)]
    [InlineData(0, 100, 0, 0.03699)]
    [InlineData(100, 100, 0.96301, 1)]
    [InlineData(1, 2, 0.09453, 0.90547)]
    [InlineData(0, 0, 0, 1)]
    public void Wilson_Known_IsThatOfTheTables(long hits, long trials, double low, double high)
    {
        Interval interval = Interval.Wilson(hits, trials);

        Assert.Equal(low, interval.Low, 0.00001);
        Assert.Equal(high, interval.High, 0.00001);
    }

    [Fact]
    public void Around_Batches_IsStudents()
    {
        // Mean 3, deviation 1.5811, t(4) = 2.776.
        Interval interval = Interval.Around(3, [1, 2, 3, 4, 5])!.Value;

        Assert.Equal(3 - (2.776 * 1.58114 / Math.Sqrt(5)), interval.Low, 0.001);
        Assert.Equal(3 + (2.776 * 1.58114 / Math.Sqrt(5)), interval.High, 0.001);
        Assert.Null(Interval.Around(3, [1]));
    }

    [Fact]
    public void Around_ManySamples_CoversTheMeanNineteenTimesOfTwenty()
    {
        var random = new Random(5);
        int covered = 0;
        for (int i = 0; i < 2_000; i++)
        {
            double[] batches = [.. Enumerable.Range(0, 12).Select(_ => 10 + Enumerable.Range(0, 12).Sum(_ => random.NextDouble() - 0.5))];
            Interval interval = Interval.Around(batches.Average(), batches)!.Value;
            covered += interval.Low <= 10 && interval.High >= 10 ? 1 : 0;
        }

        Assert.InRange(covered, 1_870, 1_930);
    }
}
