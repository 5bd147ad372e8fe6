using Endpoints.LoadTest.Measuring;
using Endpoints.LoadTest.Results;

namespace Endpoints.LoadTest.Tests.Results;

public sealed class SignificanceTests
{
    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(0, 5, 0.0625)]
    [InlineData(6, 0, 0.03125)]
    [InlineData(1, 9, 0.021484375)]
    [InlineData(5, 5, 1)]
    [InlineData(40, 60, 0.0568879)] // scipy.stats.binomtest(40, 100).pvalue
    public void Sign_Counts_IsTheExactBinomial(long one, long other, double expected) => Assert.Equal(expected, Significance.Sign(one, other), 1e-6);

    [Fact]
    public void Sign_ManyChanges_GoesOnWhereTheExactOneEnds()
    {
        Assert.Equal(Significance.Sign(465, 535), Significance.Sign(466, 536), 0.002);
        Assert.True(Significance.Sign(1_000, 1_300) < 1e-8);
    }

    [Theory]
    // Means 10 and 12, standard errors 1 and 1: t = 1.4142 with 22 degrees of freedom.
    [InlineData(10, 1, 12, 1, 0.17132)]
    // Standard errors 1 and 0.1: 11.22 degrees of freedom.
    [InlineData(10, 1, 13, 0.1, 0.01199)]
    [InlineData(10, 0, 10, 0, 1)]
    [InlineData(10, 0, 11, 0, 0)]
    public void Welch_Intervals_IsStudentsT(double first, double firstError, double second, double secondError, double expected)
    {
        const double quantile = 2.201;

        double found = Significance.Welch(first, Around(first, firstError), second, Around(second, secondError), 12);

        Assert.Equal(expected, found, 0.0002);

        Interval Around(double middle, double error) => new(middle - (quantile * error), middle + (quantile * error));
    }

    [Fact]
    public void Holm_SeveralTests_CorrectsFromTheSmallest()
    {
        double[] found = Significance.Holm([0.02, 0.01, 0.9, 0.024]);

        Assert.Equal([0.06, 0.04, 0.9, 0.06], found.Select(value => Math.Round(value, 10)));
    }
}
