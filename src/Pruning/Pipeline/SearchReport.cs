using System.Globalization;
using Endpoints.Charts.Pages;
using Endpoints.Compute;
using Endpoints.Pruning.Runs;

namespace Endpoints.Pruning.Pipeline;

/// <summary>The page of a search: its fronts as pictures, and the front as a table.</summary>
public static class SearchReport
{
    /// <summary>Writes <c>report.html</c> into a search's folder, finished or not.</summary>
    /// <returns>The page's path.</returns>
    /// <exception cref="InvalidDataException">The folder holds no search, or nothing of it is finished.</exception>
    public static string Write(string folder)
    {
        FrontReport report = FrontReport.Read(folder);
        if (report.Trials.Count == 0)
        {
            throw new InvalidDataException($"{folder} has no finished trial yet: nothing can be drawn.");
        }

        string path = Path.Combine(folder, "report.html");
        File.WriteAllText(path, Page(report).ToHtml());
        return path;
    }

    private static ReportPage Page(FrontReport report)
    {
        RunConfiguration run = report.Configuration;
        return new ReportPage
        {
            Title = $"Search: {run.Task}, space {run.Space}, method {run.Method}",
            Lead =
            [
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{report.Trials.Count} sub-networks were evaluated in {PrecisionName.Of(run.Precision)} in {report.Trials.Sum(trial => trial.Seconds):0} s; {report.Front.Count} of them are on the Pareto front of {string.Join(", ", run.Objectives.Select(objective => objective.Name))}. Seed {run.Seed}."),
            ],
            Sections = [new ReportSection("The Pareto front", [.. Charts(report), Table(report)])],
        };
    }

    /// <summary>The error against every other objective.</summary>
    private static IEnumerable<ReportBlock> Charts(FrontReport report) => report.Has("error")
        ? report.Configuration.Objectives.Select(objective => objective.Name).Where(name => name is "parameters" or "latency").Select(name => new ChartBlock(FrontChart.Of(report, "score", name)))
        : [];

    private static ReportTable Table(FrontReport report) => new(
        "Sub-networks of the front",
        ["Sub-network", "Trial", .. report.Configuration.Objectives.Select(objective => objective.Unit.Length == 0 ? objective.Name : $"{objective.Name}, {objective.Unit}"), "Parameters"],
        [
            .. report.Front.Select(trial => (IReadOnlyList<string>)
            [
                trial.SubNetwork, Text($"{trial.Id}"), .. trial.Values.Select(value => Text($"{value:0.####}")), Text($"{trial.Parameters:N0}"),
            ]),
        ]);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
