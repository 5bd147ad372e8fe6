using Endpoints.Charts.Drawing;

namespace Endpoints.Charts.Tests.Drawing;

public sealed class NiceTicksTests
{
    [Theory]
    [InlineData(0, 208, 5, new double[] { 0, 50, 100, 150, 200, 250 })]
    [InlineData(5, 60, 7, new double[] { 0, 10, 20, 30, 40, 50, 60 })]
    [InlineData(0, 0.034, 4, new double[] { 0, 0.01, 0.02, 0.03, 0.04 })]
    [InlineData(-3, 3, 4, new double[] { -4, -2, 0, 2, 4 })]
    [InlineData(0.1, 0.3, 3, new double[] { 0.1, 0.2, 0.3 })]
    public void Linear_Range_IsEnclosedByRoundValues(double low, double high, int count, double[] expected) =>
        Assert.Equal(expected, NiceTicks.Linear(low, high, count, wholeNumbers: false));

    [Fact]
    public void Linear_WholeNumbers_NeverSplitsOne() => Assert.Equal([0, 1, 2, 3], NiceTicks.Linear(0, 3, 9, wholeNumbers: true));

    [Fact]
    public void Linear_AnyRange_EnclosesItWithAReasonableNumberOfDistinctTicks()
    {
        var random = new Random(5);
        for (int i = 0; i < 2000; i++)
        {
            double low = (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-6, 9));
            double high = low + (random.NextDouble() * Math.Pow(10, random.Next(-6, 9)));
            int count = random.Next(3, 13);

            double[] ticks = NiceTicks.Linear(low, high, count, wholeNumbers: false);

            double slack = (high - low) * 1e-6;
            Assert.True(ticks[0] <= low + slack && ticks[^1] >= high - slack, $"{low}..{high}: {string.Join(' ', ticks)}");
            Assert.InRange(ticks.Length, 2, (2 * count) + 2);
            Assert.True(ticks.Zip(ticks.Skip(1)).All(pair => pair.First < pair.Second));
        }
    }

    [Theory]
    [InlineData(12, 18, 6, new double[] { 10, 20 })]
    [InlineData(21, 208, 6, new double[] { 20, 50, 100, 200, 500 })]
    [InlineData(1, 1, 6, new double[] { 1, 2 })]
    [InlineData(0.5, 5000, 6, new double[] { 0.1, 1, 10, 100, 1000, 10000 })]
    [InlineData(1, 1e12, 5, new double[] { 1, 1e4, 1e8, 1e12 })]
    public void Logarithmic_Range_IsEnclosedByRoundValues(double low, double high, int count, double[] expected)
    {
        double[] ticks = NiceTicks.Logarithmic(low, high, count);

        Assert.Equal(expected.Length, ticks.Length);
        Assert.All(expected.Zip(ticks), pair => Assert.Equal(pair.First, pair.Second, pair.First * 1e-9));
    }

    [Theory]
    [InlineData(0, 5e6, "0")]
    [InlineData(2_500_000, 5e6, "2.5M")]
    [InlineData(50_000, 50_000, "50k")]
    [InlineData(1_500, 2_000, "1,500")]
    [InlineData(0.005, 0.03, "0.005")]
    public void Label_Tick_IsShort(double tick, double largest, string expected) => Assert.Equal(expected, NiceTicks.Label(tick, largest));
}
