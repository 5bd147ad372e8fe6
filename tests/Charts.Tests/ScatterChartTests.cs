namespace Endpoints.Charts.Tests;

public sealed class ScatterChartTests
{
    private static readonly ScatterChart Chart = new()
    {
        Title = "Accuracy against size",
        Description = "The line joins what no other sub-network beats.",
        X = new Axis("Parameters"),
        Y = new Axis("Accuracy", "%"),
        Groups = [new Series("trials", [new(2e6, 70), new(4e6, 85), new(6e6, 80), new(9e6, 94)])],
        Front = [new(9e6, 94), new(2e6, 70), new(4e6, 85)],
        Highlights = [new Highlight(new(4e6, 85), "pruned"), new Highlight(new(9e6, 94), "base")],
    };

    [Fact]
    public void ToSvg_Front_IsStepsInOrderOfX()
    {
        var svg = new Svg(Chart.ToSvg(ChartLayout.Wide));

        // The legend's sample comes first. Then: to each next point level, then up; and on to the right edge.
        string path = svg.WithClass("path", "front").Last().Attribute("d")!.Value;
        Assert.Equal("MHVHVH", string.Concat(path.Where(char.IsLetter)));
        double[] hits = [.. svg.WithClass("circle", "hit").Take(4).Select(circle => Svg.Number(circle, "cx"))];
        Assert.StartsWith($"M{hits[0]} ", path, StringComparison.Ordinal);
        Assert.Contains($"H{hits[1]}V", path, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(720)]
    [InlineData(344)]
    public void ToSvg_Highlights_AreNamedInsideThePicture(int width)
    {
        var svg = new Svg(Chart.ToSvg(new ChartLayout(width, 330)));

        foreach (string name in new[] { "pruned", "base" })
        {
            var label = svg.All("text").Single(text => text.Value == name);
            Assert.InRange(Svg.Number(label, "x"), 0, width - (5 * name.Length));
        }

        Assert.Contains("Pareto front", svg.Texts);
        Assert.Contains("pruned: 4,000,000, 85 %", svg.Tooltips);
    }

    [Fact]
    public void ToSvg_LargeValues_HaveShortTicks() => Assert.Contains("4M", new Svg(Chart.ToSvg(ChartLayout.Wide)).Texts);
}
