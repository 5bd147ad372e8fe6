namespace Endpoints.Charts.Tests;

public sealed class LineChartTests
{
    private static readonly LineChart Chart = new()
    {
        Title = "Response time <p95> & \"p50\"",
        Description = "Less is better.",
        X = new Axis("Users") { Min = 0, WholeNumbers = true },
        Y = new Axis("Response time", "ms") { Min = 0 },
        Series =
        [
            new Series("base p95", [new(5, 20), new(10, 31.25), new(20, 80)]) { Band = [new(5, 10, 20), new(10, 16, 31.25), new(20, 50, 80)] },
            new Series("pruned p95", [new(5, 9), new(10, 12), new(20, 79, "a note")]) { Dashed = true },
        ],
        Markers = [new Marker(10, "throttling starts at 10 users") { Color = 0 }],
    };

    [Fact]
    public void ToSvg_File_IsWellFormedNamedAndCarriesItsStyle()
    {
        var svg = new Svg(Chart.ToSvg());

        Assert.Equal("img", svg.Root.Attribute("role")!.Value);
        Assert.Equal(Chart.Title, svg.All("title").First().Value);
        Assert.Equal("Less is better.", svg.All("desc").Single().Value);
        Assert.Contains("prefers-color-scheme:dark", svg.All("style").Single().Value, StringComparison.Ordinal);
        Assert.Contains(Chart.Title, svg.Texts);
    }

    [Fact]
    public void ToSvg_InPage_LeavesStyleAndTitleToThePage()
    {
        var svg = new Svg(Chart.ToSvg(ChartLayout.Wide));

        Assert.Empty(svg.All("style"));
        Assert.DoesNotContain(Chart.Title, svg.Texts);
    }

    [Fact]
    public void ToSvg_MarkerAtTheEdge_DoesNotRunThroughItsLabel()
    {
        var svg = new Svg((Chart with { Markers = [new Marker(19, "throttling starts at 19 users")] }).ToSvg(ChartLayout.Narrow));

        double top = double.Parse(svg.WithClass("path", "marker").Single().Attribute("d")!.Value.Split('M', 'L', ' ')[2], System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(top > Svg.Number(svg.WithClass("text", "halo").First(text => text.Value.StartsWith("throttling", StringComparison.Ordinal)), "y"));
    }

    [Fact]
    public void ToSvg_Any_ReferencesNothingOutside()
    {
        string text = Chart.ToSvg().Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal);

        Assert.DoesNotContain("http", text, StringComparison.Ordinal);
        Assert.DoesNotContain("url(", text, StringComparison.Ordinal);
        Assert.DoesNotContain("href", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", text, StringComparison.Ordinal);
    }

    [Fact]
    public void ToSvg_Points_HaveTooltipsAndLieWhereTheirValuesAre()
    {
        var svg = new Svg(Chart.ToSvg(ChartLayout.Wide));

        Assert.Contains("base p95: 10, 31.25 ms", svg.Tooltips);
        Assert.Contains("a note", svg.Tooltips);
        double[] hits = [.. svg.WithClass("circle", "hit").Take(3).Select(circle => Svg.Number(circle, "cx"))];
        // 5, 10 and 20 users: the second step is twice the first. And 20 ms is above 31.25 ms in pixels from the top.
        Assert.Equal(2, (hits[2] - hits[1]) / (hits[1] - hits[0]), 0.02);
        double[] heights = [.. svg.WithClass("circle", "hit").Take(3).Select(circle => Svg.Number(circle, "cy"))];
        Assert.Equal((80 - 31.25) / (31.25 - 20), (heights[1] - heights[2]) / (heights[0] - heights[1]), 0.05);
    }

    [Theory]
    [InlineData(720)]
    [InlineData(344)]
    public void ToSvg_AnyWidth_NamesSeriesAndKeepsTextInside(int width)
    {
        var svg = new Svg(Chart.ToSvg(new ChartLayout(width, 340)));

        Assert.Contains("base p95", svg.Texts);
        Assert.Contains("pruned p95", svg.Texts);
        Assert.Contains("throttling starts at 10 users", svg.Texts);
        foreach (var text in svg.All("text").Where(text => text.Attribute("text-anchor") is null))
        {
            // At least 5 px a letter is what the narrowest usual font needs.
            Assert.InRange(Svg.Number(text, "x") + (5 * text.Value.Length), 0, width);
        }
    }

    [Fact]
    public void ToSvg_EndLabels_DoNotOverlap()
    {
        var crowded = Chart with { Series = [.. Enumerable.Range(0, 8).Select(i => new Series($"line {i}", [new(1, 50), new(2, 50 + (0.01 * i))]))], Markers = [] };

        double[] y = [.. new Svg(crowded.ToSvg(ChartLayout.Wide)).All("text").Where(text => text.Value.StartsWith("line ", StringComparison.Ordinal)).Select(text => Svg.Number(text, "y")).Order()];

        Assert.Equal(8, y.Length);
        Assert.All(y.Zip(y.Skip(1)), pair => Assert.True(pair.Second - pair.First >= 16.9));
        Assert.InRange(y[^1], 0, ChartLayout.Wide.Height);
    }

    [Fact]
    public void ToSvg_MissingValue_BreaksTheLine()
    {
        var gap = Chart with { Series = [new Series("gap", [new(1, 1), new(2, 2), new(3, double.NaN), new(4, 4), new(5, 5)])], Markers = [] };

        var svg = new Svg(gap.ToSvg(ChartLayout.Wide));

        string path = svg.WithClass("path", "line").Single().Attribute("d")!.Value;
        Assert.Equal(2, path.Count(letter => letter == 'M'));
        Assert.Equal(2, path.Count(letter => letter == 'L'));
        Assert.DoesNotContain("NaN", svg.Root.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ToSvg_NoPointsOrOne_StillDraws()
    {
        foreach (ChartPoint[] points in new ChartPoint[][] { [], [new(3, 7)], [new(0, 0)], [new(-4, -4)], [new(double.NaN, double.PositiveInfinity)] })
        {
            string text = (Chart with { Series = [new Series("s", points)], Markers = [] }).ToSvg();

            Assert.DoesNotContain("NaN", text, StringComparison.Ordinal);
            Assert.DoesNotContain("∞", text, StringComparison.Ordinal);
            Assert.NotEmpty(new Svg(text).WithClass("path", "grid"));
        }
    }

    [Fact]
    public void ToSvg_LogarithmicAxis_EqualRatiosAreEquallyFarApart()
    {
        var log = Chart with
        {
            X = new Axis("Users") { Scale = AxisScale.Logarithmic },
            Series = [new Series("s", [new(1, 1), new(10, 1), new(100, 1), new(0, 1), new(-5, 1)])],
            Markers = [],
        };

        var svg = new Svg(log.ToSvg(ChartLayout.Wide));

        double[] x = [.. svg.WithClass("circle", "hit").Select(circle => Svg.Number(circle, "cx"))];
        Assert.Equal(3, x.Length);
        Assert.Equal(x[1] - x[0], x[2] - x[1], 0.2);
        Assert.Contains("Users (log scale)", svg.Texts);
    }

    [Fact]
    public void ToSvg_SameChartTwice_IsTheSameText() => Assert.Equal(Chart.ToSvg(), Chart.ToSvg());
}
