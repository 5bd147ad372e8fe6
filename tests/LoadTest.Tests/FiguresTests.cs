namespace Endpoints.LoadTest.Tests;

public sealed class FiguresTests
{
    [Theory]
    [InlineData(null, "–")]
    [InlineData(0.034, "0.03 ms")]
    [InlineData(9.5, "9.5 ms")]
    [InlineData(31.25, "31.3 ms")]
    [InlineData(1234.5, "1,235 ms")]
    [InlineData(12345.0, "12.3 s")]
    public void Latency_Milliseconds_ReadsWell(double? ms, string expected) => Assert.Equal(expected, Figures.Latency(ms));

    [Theory]
    [InlineData(0, "0 %")]
    [InlineData(0.0001, "<0.1 %")]
    [InlineData(0.0123, "1.2 %")]
    [InlineData(0.99999, ">99.9 %")]
    [InlineData(1, "100 %")]
    public void Share_Fraction_NeverLooksLikeNoneOrAllUnlessItIs(double share, string expected) => Assert.Equal(expected, Figures.Share(share));
}
