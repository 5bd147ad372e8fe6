using Endpoints.LoadTest.Measuring;

namespace Endpoints.LoadTest.Tests.Measuring;

public sealed class LatencyHistogramTests
{
    private static readonly double[] Shares = [0, 0.001, 0.01, 0.1, 0.25, 0.5, 0.66, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 1];

    public static TheoryData<int, double> Distributions => new()
    {
        { 1, 3 }, { 2, 3 }, { 7, 5 }, { 100, 2 }, { 1000, 7 }, { 20_000, 9 }, { 20_000, 1 },
    };

    [Theory]
    [MemberData(nameof(Distributions))]
    public void Percentile_AnyDistribution_IsWithinOnePercentOfTheExactOne(int count, double decades)
    {
        var random = new Random(count);
        var histogram = new LatencyHistogram();
        long[] values = [.. Enumerable.Range(0, count).Select(_ => (long)Math.Pow(10, random.NextDouble() * decades))];
        foreach (long value in values)
        {
            histogram.Record(value);
        }

        Array.Sort(values);
        foreach (double share in Shares)
        {
            // Nearest rank: the smallest value that at least this share of all does not exceed.
            long exact = values[Math.Max(0, (int)Math.Ceiling((decimal)share * count) - 1)];
            Assert.Equal(exact, histogram.Percentile(share), exact * 0.01);
        }

        Assert.Equal(values[0], histogram.Min);
        Assert.Equal(values[^1], histogram.Max);
        Assert.Equal(count, histogram.Count);
        Assert.Equal(values.Average(), histogram.Mean, 1e-6 * values.Average());
    }

    [Fact]
    public void Percentile_EveryBucketEdge_IsWithinOnePercent()
    {
        for (long value = 0; value <= LatencyHistogram.MaxMicroseconds; value = Math.Max(value + 1, (long)(value * 1.003)))
        {
            foreach (long edge in new[] { value, Math.Max(0, value - 1) })
            {
                var histogram = new LatencyHistogram();
                histogram.Record(edge);
                histogram.Record(LatencyHistogram.MaxMicroseconds);
                histogram.Record(0);

                Assert.Equal(edge, histogram.Percentile(0.5), edge * 0.01);
            }
        }
    }

    [Fact]
    public void Percentile_RisingShares_NeverFallsAndNeverPassesTheLongest()
    {
        var random = new Random(3);
        var histogram = new LatencyHistogram();
        for (int i = 0; i < 500; i++)
        {
            histogram.Record((long)Math.Pow(10, random.NextDouble() * 6));
            long before = 0;
            foreach (double share in Shares)
            {
                long now = histogram.Percentile(share);
                Assert.InRange(now, before, histogram.Max);
                before = now;
            }
        }
    }

    [Fact]
    public void Percentile_SmallValues_AreExact()
    {
        var histogram = new LatencyHistogram();
        for (int value = 0; value < 100; value++)
        {
            histogram.Record(value);
        }

        Assert.Equal(49, histogram.Percentile(0.5));
        Assert.Equal(98, histogram.Percentile(0.99));
    }

    [Fact]
    public void Record_BeyondTheLimits_CountsAsTheLimit()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(-5);
        histogram.Record(long.MaxValue);

        Assert.Equal(0, histogram.Min);
        Assert.Equal(LatencyHistogram.MaxMicroseconds, histogram.Max);
        Assert.Equal(2, histogram.Count);
    }

    [Fact]
    public void Add_TwoHalves_EqualsTheWhole()
    {
        var random = new Random(4);
        LatencyHistogram one = new(), other = new(), whole = new();
        for (int i = 0; i < 5000; i++)
        {
            long value = (long)Math.Pow(10, random.NextDouble() * 7);
            (i % 3 == 0 ? one : other).Record(value);
            whole.Record(value);
        }

        one.Add(other);

        Assert.Equal((whole.Count, whole.Min, whole.Max, whole.Mean), (one.Count, one.Min, one.Max, one.Mean));
        Assert.All(Shares, share => Assert.Equal(whole.Percentile(share), one.Percentile(share)));
    }

    [Fact]
    public void Since_EarlierCopy_HoldsOnlyWhatCameAfter()
    {
        LatencyHistogram histogram = new(), earlier = new();
        histogram.Record(1_000_000);
        earlier.Add(histogram);
        histogram.Record(500);
        histogram.Record(700);

        LatencyHistogram later = histogram.Since(earlier);

        Assert.Equal(2, later.Count);
        Assert.Equal(500, later.Percentile(0.5), 5.0);
        Assert.Equal(700, later.Max, 7.0);
        Assert.Equal(600, later.Mean);
        Assert.Equal(0, histogram.Since(histogram).Max);
    }

    [Fact]
    public void Record_ManyThreads_LosesNothing()
    {
        var histogram = new LatencyHistogram();
        Parallel.For(0, 8, thread =>
        {
            for (int i = 0; i < 20_000; i++)
            {
                histogram.Record((thread * 1000) + (i % 50));
            }
        });

        Assert.Equal(160_000, histogram.Count);
        Assert.Equal(7049, histogram.Max);
        Assert.Equal(3524.5, histogram.Mean);
    }

    [Fact]
    public void Percentile_Empty_IsZeroAndBadShareThrows()
    {
        var histogram = new LatencyHistogram();

        Assert.Equal((0, 0, 0, 0.0), (histogram.Percentile(0.5), histogram.Max, histogram.Min, histogram.Mean));
        Assert.Throws<ArgumentOutOfRangeException>(() => histogram.Percentile(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => histogram.Percentile(50));
    }

    [Fact]
    public void Corrected_SlowAnswers_AddsTheRequestsNotSent()
    {
        var random = new Random(3);
        var histogram = new LatencyHistogram();
        var expected = new LatencyHistogram();
        for (int i = 0; i < 300; i++)
        {
            long value = random.Next(100) < 95 ? random.Next(1, 100) : random.Next(1, 3_000_000);
            histogram.Record(value);
            expected.Record(value);
            for (long missing = value - 70; missing >= 70; missing -= 70)
            {
                expected.Record(missing);
            }
        }

        LatencyHistogram corrected = histogram.Corrected(70);

        Assert.Equal(expected.Count, corrected.Count, expected.Count * 0.01);
        Assert.True(corrected.Count > 10 * histogram.Count);
        Assert.Equal(histogram.Max, corrected.Max);
        foreach (double share in new[] { 0.1, 0.5, 0.9, 0.99 })
        {
            Assert.Equal(1, (double)corrected.Percentile(share) / expected.Percentile(share), 0.02);
        }
    }

    [Fact]
    public void Parse_Text_IsTheSameHistogram()
    {
        var histogram = new LatencyHistogram();
        foreach (long value in new long[] { 0, 5, 5, 127, 128, 9_999, 123_456_789 })
        {
            histogram.Record(value);
        }

        var read = LatencyHistogram.Parse(histogram.ToText());

        Assert.Equal((7L, 0L, 123_456_789L, histogram.Mean), (read.Count, read.Min, read.Max, read.Mean));
        Assert.Equal(histogram.ToText(), read.ToText());
        Assert.Equal((0L, 0L), (LatencyHistogram.Parse(new LatencyHistogram().ToText()).Count, LatencyHistogram.Parse("0 0 0").Min));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1 2")]
    [InlineData("1 2 x")]
    [InlineData("1 2 3 4")]
    [InlineData("1 2 3 99999:1")]
    [InlineData("1 2 3 -1:1")]
    public void Parse_OtherText_Throws(string text) => Assert.Contains("is not a histogram", Assert.Throws<FormatException>(() => LatencyHistogram.Parse(text)).Message, StringComparison.Ordinal);
}
