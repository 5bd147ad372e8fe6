using Endpoints.Charts.Drawing;

namespace Endpoints.Charts.Tests;

public sealed class BoxChartTests
{
    private static readonly BoxChart Chart = new()
    {
        Title = "Hypervolume by space",
        Description = "SMALL is highest.",
        X = new Axis("Task") { Categories = ["rte", "sst-2"] },
        Y = new Axis("Hypervolume"),
        Groups =
        [
            new BoxGroup("small", [new Box(0, [1, 2, 3, 4, 5]), new Box(1, [3])]),
            new BoxGroup("large", [new Box(0, [1, 1, 1, 1, 9]), new Box(1, [double.NaN])]),
        ],
    };

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.25, 1.75)]
    [InlineData(0.5, 2.5)]
    [InlineData(1, 4)]
    public void Quantile_FourValues_LiesBetweenNeighbours(double share, double expected) =>
        Assert.Equal(expected, BoxMarks.Quantile([1, 2, 3, 4], share), 12);

    [Fact]
    public void ToSvg_EveryFiniteValue_HasAPointThatNamesGroupAndCategory()
    {
        string[] tooltips = new Svg(Chart.ToSvg(ChartLayout.Wide)).Tooltips;

        Assert.Equal(11, tooltips.Length);
        Assert.Contains("small, rte: 4", tooltips);
        Assert.Contains("small, sst-2: 3", tooltips);
        Assert.Contains("large, rte: 9", tooltips);
    }

    [Fact]
    public void ToSvg_Outlier_IsBeyondTheWhisker()
    {
        // All quartiles of (1, 1, 1, 1, 9) are 1: box and whiskers have no height, the 9 stands alone.
        var svg = new Svg(Chart.ToSvg(ChartLayout.Wide));
        string[] boxes = [.. svg.WithClass("path", "band").Select(path => path.Attribute("d")!.Value)];

        Assert.Equal(3, boxes.Length);
        Assert.DoesNotContain(boxes, box => box.Contains("NaN", StringComparison.Ordinal));
        string[] flat = boxes[2].Split('H', 'V', ' ');
        Assert.Equal(flat[1], flat[3]);
    }

    [Fact]
    public void ToSvg_Categories_StandUnderTheirBoxes()
    {
        var svg = new Svg(Chart.ToSvg(ChartLayout.Wide));
        double[] names = [.. svg.All("text").Where(text => text.Value is "rte" or "sst-2").Select(text => Svg.Number(text, "x"))];

        Assert.Equal(2, names.Length);
        Assert.InRange(names[1] - names[0], 200, 400);
    }
}
