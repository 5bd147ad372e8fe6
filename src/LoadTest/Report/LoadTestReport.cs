using Endpoints.Charts.Pages;
using Endpoints.LoadTest.Results;

namespace Endpoints.LoadTest.Report;

/// <summary>Turns a result into a page, or into the parts of a larger one.</summary>
public static class LoadTestReport
{
    /// <summary>Name of the report within a run's folder.</summary>
    public const string FileName = "report.html";

    /// <summary>Name of the picture of response time against users beside the report, for pages of one's own.</summary>
    public const string PictureName = "response-time.svg";

    /// <summary>The report as a page of its own.</summary>
    public static ReportPage Page(LoadTestResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return new ReportPage
        {
            Title = $"Load test of {ReportWords.List([.. result.Targets.Select(target => target.Name)])}",
            Lead = Lead(result),
            Cards = Cards(result),
            Sections = Sections(result),
            Footer = ReportWords.Footer(result),
        };
    }

    /// <summary>The answer in words, a paragraph each: how many users each target holds, how fast and how right it is, and how they compare.</summary>
    public static IReadOnlyList<string> Lead(LoadTestResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return ReportWords.Lead(result);
    }

    /// <summary>The answer in figures, a card for each target.</summary>
    public static IReadOnlyList<FactCard> Cards(LoadTestResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return ReportCards.Of(result);
    }

    /// <summary>Charts, tables, and how it was measured.</summary>
    public static IReadOnlyList<ReportSection> Sections(LoadTestResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return
        [
            new ReportSection("Response time, accuracy, throughput and throttling", [.. ReportCharts.All(result).Select(chart => new ChartBlock(chart)),
                .. result.Targets.All(target => target.Accuracy.Share is null) ? new[] { new TextBlock(ReportWords.NoAccuracy) } : []]),
            new ReportSection("Side by side", [ReportTables.Comparison(result)]),
            .. ReportTables.Comparisons(result) is { } comparisons ? new[] { new ReportSection("Are the differences sure?", [new TextBlock(ReportWords.Comparisons), comparisons]) } : [],
            new ReportSection("Every stage", [.. result.Targets.Select(ReportTables.Stages)]),
            new ReportSection("How sure the figures are", [.. result.Targets.Select(ReportTables.Certainty)]),
            .. result.Targets.Select(ReportTables.Answers).OfType<ReportTable>().ToArray() is { Length: > 0 } answers
                ? new[] { new ReportSection("Do answers depend on the load?", [new TextBlock(ReportWords.Answers), .. answers]) }
                : [],
            .. result.Targets.Select(ReportTables.Split).OfType<ReportTable>().ToArray() is { Length: > 0 } splits
                ? new[] { new ReportSection("Where the time went", [new TextBlock(ReportWords.Split), .. splits]) }
                : [],
            .. result.Targets.Select(ReportTables.Server).OfType<ReportTable>().ToArray() is { Length: > 0 } servers
                ? new[] { new ReportSection("What the server counted", [new TextBlock(ReportWords.Server), .. servers]) }
                : [],
            .. ReportTables.Checks(result) is { } checks ? new[] { new ReportSection("Checks", [checks]) } : [],
            new ReportSection("How requests ended", [new TextBlock(ReportWords.Outcomes), .. result.Targets.Select(ReportTables.Outcomes)]),
            new ReportSection("How it was measured", [.. ReportWords.Rules(result).Select(rule => new TextBlock(rule)), ReportTables.Provenance(result)]),
        ];
    }

    /// <summary>Writes the report of the result in a folder there, again.</summary>
    /// <returns>The path of the report.</returns>
    /// <exception cref="LoadTestException">The folder holds no readable result.</exception>
    public static string Render(string folder)
    {
        LoadTestResult result = LoadTestResult.Read(folder);
        string path = Path.Combine(folder, FileName);
        File.WriteAllText(path, Page(result).ToHtml());
        File.WriteAllText(Path.Combine(folder, PictureName), Picture(result));
        return path;
    }

    /// <summary>Response time against users as the text of an .svg file.</summary>
    internal static string Picture(LoadTestResult result) => ReportCharts.All(result)[0].ToSvg();
}
