namespace Endpoints.Compute.Tests.Reference;

/// <summary>The oracle's own functions against tabulated values and finite differences.</summary>
public sealed class ReferenceFunctionsTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.5, 0.5204998778130465)]
    [InlineData(-1, -0.8427007929497149)]
    [InlineData(2, 0.9953222650189527)]
    [InlineData(4, 0.9999999845827421)]
    [InlineData(7, 1)]
    public void Erf_TabulatedArgument_GivesTheTablesValue(double x, double expected) =>
        Assert.True(Math.Abs(ReferenceFunctions.Erf(x) - expected) <= 1e-15, $"{ReferenceFunctions.Erf(x):G17}");

    [Fact]
    public void GeluDerivative_AnyArgument_IsTheSlopeOfGelu()
    {
        for (double x = -5; x <= 5; x += 0.173)
        {
            double slope = (ReferenceFunctions.Gelu(x + 1e-5) - ReferenceFunctions.Gelu(x - 1e-5)) / 2e-5;
            Assert.True(Math.Abs(slope - ReferenceFunctions.GeluDerivative(x)) <= 1e-9, $"at {x}");
        }
    }
}
