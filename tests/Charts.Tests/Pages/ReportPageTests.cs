using System.Xml.Linq;
using Endpoints.Charts.Pages;

namespace Endpoints.Charts.Tests.Pages;

public sealed class ReportPageTests
{
    private static readonly LineChart Chart = new()
    {
        Title = "A chart",
        Description = "It rises.",
        X = new Axis("X"),
        Y = new Axis("Y"),
        Series = [new Series("s", [new(1, 1), new(2, 2)])],
    };

    private static readonly ReportPage Page = new()
    {
        Title = "Base <and> pruned",
        Lead = ["One & two."],
        Cards = [new FactCard("base", "20 users", "held", [new Fact("p95", "12 ms")]) { Color = 0 }],
        Sections =
        [
            new ReportSection("First", [new TextBlock("a < b"), new ChartBlock(Chart), new ChartBlock(Chart), new HtmlBlock("<p><em>own</em></p>")]),
            new ReportSection("Second", [new ReportTable("Rows", ["Name", "Figure"], [["x", "1"], ["<y>", "2"]]) { StressedRows = [1] }]),
            new ReportSection("Third", []),
        ],
        Footer = "Made today.",
    };

    [Fact]
    public void ToHtml_Page_IsWellFormedWithOrderedHeadingsAndDistinctIds()
    {
        XElement html = XDocument.Parse(Page.ToHtml()).Root!;

        Assert.Equal("en", html.Attribute("lang")!.Value);
        Assert.Equal("Base <and> pruned", html.Descendants("h1").Single().Value);
        Assert.Equal(["base", "First", "Second", "Third"], html.Descendants("h2").Select(heading => heading.Value));
        string[] ids = [.. html.Descendants().Attributes("id").Select(id => id.Value)];
        Assert.Equal(ids.Distinct(), ids);
        Assert.All(html.Descendants("a"), link => Assert.Contains(link.Attribute("href")!.Value.TrimStart('#'), ids));
        Assert.All(html.Descendants("table"), table => Assert.NotNull(table.Element("caption")));
    }

    [Fact]
    public void ToHtml_Page_NeedsNothingFromOutside()
    {
        string html = Page.ToHtml().Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal);

        Assert.Contains("default-src 'none'", html, StringComparison.Ordinal);
        Assert.DoesNotContain("http:", html, StringComparison.Ordinal);
        Assert.DoesNotContain("https:", html, StringComparison.Ordinal);
        Assert.DoesNotContain("url(", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", html, StringComparison.Ordinal);
    }

    [Fact]
    public void ToHtml_Charts_StandTogetherInBothWidths()
    {
        XElement html = XDocument.Parse(Page.ToHtml()).Root!;

        XElement figures = html.Descendants("div").Single(div => (string?)div.Attribute("class") == "figures");
        Assert.Equal(2, figures.Elements("figure").Count());
        XNamespace svg = "http://www.w3.org/2000/svg";
        Assert.Equal(["720", "344", "720", "344"], figures.Descendants(svg + "svg").Select(chart => chart.Attribute("width")!.Value));
        Assert.Single(html.Descendants("style"));
    }

    [Fact]
    public void ToHtml_LeadWithFigures_BreaksNoLineBeforeAUnit()
    {
        XElement html = XDocument.Parse((Page with { Lead = ["95 % within 15.3 ms of 20 users"] }).ToHtml()).Root!;

        Assert.Equal("95\u00a0% within 15.3\u00a0ms of 20 users", html.Descendants("p").First().Value);
    }

    [Fact]
    public void ToHtml_OnPaper_WrapsHeadingsKeepsTablesWholeAndShowsNarrowChartsTwoABreast()
    {
        string print = Page.ToHtml()[Page.ToHtml().IndexOf("@media print", StringComparison.Ordinal)..];

        Assert.Contains("thead th{white-space:normal}", print, StringComparison.Ordinal);
        Assert.Contains(".table{break-inside:avoid}", print, StringComparison.Ordinal);
        Assert.Contains(".figures{grid-template-columns:1fr 1fr;", print, StringComparison.Ordinal);
    }

    [Fact]
    public void ToHtml_RowOfOtherLength_Throws()
    {
        var page = Page with { Sections = [new ReportSection("s", [new ReportTable("t", ["a", "b"], [["1"]])])] };

        Assert.Contains("1 cells for 2 columns", Assert.Throws<InvalidOperationException>(page.ToHtml).Message, StringComparison.Ordinal);
    }
}
