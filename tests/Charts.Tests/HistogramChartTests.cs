namespace Endpoints.Charts.Tests;

public sealed class HistogramChartTests
{
    [Fact]
    public void Of_Values_GivesSharesAndPutsTheUpperEdgeIntoTheLastBin()
    {
        Distribution distribution = Distribution.Of("small", [0, 0.1, 0.5, 1, 2], 0, 1, 2);

        Assert.Equal([0.4, 0.4], distribution.Heights);
    }

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(0, 1, 0)]
    public void Of_NoWidthOrNoBins_Throws(double low, double high, int bins) =>
        Assert.Throws<ArgumentException>(() => Distribution.Of("x", [1], low, high, bins));

    [Fact]
    public void ToSvg_Distribution_IsAnOutlineOfSteps()
    {
        var chart = new HistogramChart
        {
            Title = "Parameters by space",
            Description = "SMALL leans to small networks.",
            X = new Axis("Parameters kept", "%"),
            Y = new Axis("Share of sub-networks"),
            Distributions = [new Distribution("small", 0, 100, [0.5, 0.25, 0.25]), new Distribution("large", 0, 100, [0, 1, 0])],
        };
        var svg = new Svg(chart.ToSvg(ChartLayout.Wide));

        Assert.Contains("small", svg.Texts);
        string outline = svg.WithClass("path", "band").First().Attribute("d")!.Value;
        Assert.Equal("MLLLLLLLZ", string.Concat(outline.Where(char.IsLetter)));
    }
}
