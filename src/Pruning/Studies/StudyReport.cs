using System.Globalization;
using Endpoints.Bert.Checkpoints;
using Endpoints.Charts.Pages;
using Endpoints.Pruning.Studies.Figures;

namespace Endpoints.Pruning.Studies;

/// <summary>Draws a study: every figure as SVG and CSV, a summary, and one page with all of it.</summary>
public static class StudyReport
{
    /// <summary>Writes <c>figures/</c>, <c>summary.csv</c> and <c>report.html</c>.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="results">What is finished of it; at least one search.</param>
    /// <param name="folder">The study's folder.</param>
    /// <returns>The page's path.</returns>
    /// <exception cref="InvalidDataException">Nothing is finished.</exception>
    public static string Write(StudyPlan plan, StudyResults results, string folder)
    {
        IReadOnlyList<StudySearch> searches = results.Searches;
        if (searches.Count == 0)
        {
            throw new InvalidDataException($"{folder} has no finished search yet: nothing can be drawn.");
        }

        var view = new StudyView(plan, searches, results.Comparisons, results.Latencies, new StudyHypervolumes(searches));
        StudyFigure[] figures =
        [
            .. Sizes(plan, searches, folder), .. HypervolumeFigures.Draw(view), .. RankFigures.Draw(view), .. RegretFigures.Draw(view), .. FrontFigures.Draw(view), .. SizeFigures.Draw(view), .. LatencyFigures.Draw(view),
        ];
        string pictures = Path.Combine(folder, "figures");
        Directory.CreateDirectory(pictures);
        foreach (StudyFigure figure in figures)
        {
            File.WriteAllText(Path.Combine(pictures, figure.Name + ".svg"), figure.Chart.ToSvg());
            File.WriteAllText(Path.Combine(pictures, figure.Name + ".csv"), figure.Csv);
        }

        StudySummary summary = StudySummary.Of(view);
        File.WriteAllText(Path.Combine(folder, "summary.csv"), summary.Csv);
        string page = Path.Combine(folder, "report.html");
        File.WriteAllText(page, Page(view, figures, summary).ToHtml());
        return page;
    }

    private static IEnumerable<StudyFigure> Sizes(StudyPlan plan, IReadOnlyList<StudySearch> searches, string folder) =>
        from model in plan.Models
        let unit = StudyUnit.Of(plan).FirstOrDefault(unit => unit.Model.Name == model.Name && searches.Any(search => search.Model == model.Name && search.Task == unit.Task.Name && search.Seed == unit.Seed && search.Strategy == unit.Strategy && search.Space == unit.Space))
        where unit is not null
        select SizeDistributionFigures.Draw(model.Name, CheckpointFolder.Load(Path.Combine(folder, unit.SuperNetworkFolder)).Config, plan.Spaces);

    private static ReportPage Page(StudyView view, StudyFigure[] figures, StudySummary summary) => new()
    {
        Title = $"Study: {view.Plan.Name}",
        Lead =
        [
            string.Create(CultureInfo.InvariantCulture, $"{view.Searches.Count} searches of {view.Plan.Trials} sub-networks each are finished, of {StudyUnit.Of(view.Plan).Sum(unit => unit.Methods.Count)} planned: {view.Plan.Seeds.Length} seeds, {view.Settings.Count} of task and model."),
            "One factor varies at a time: spaces and strategies with the first method, strategies and methods in the first space, spaces and methods with the first strategy.",
        ],
        Sections =
        [
            new ReportSection("Summary", [summary.Table("Spaces", "space"), summary.Table("Strategies", "strategy"), summary.Table("Methods", "method")]),
            .. figures.GroupBy(figure => figure.Section).Select(section => new ReportSection(section.Key, [.. section.Select(figure => new ChartBlock(figure.Chart))])),
            Training(view),
        ],
    };

    private static ReportSection Training(StudyView view) => new(
        "Super-networks",
        [
            new ReportTable(
                "Mean over the seeds",
                ["Task, model", "Strategy", "Space", "Parameters", "Metric", "Validation", "Test", "Seconds"],
                [
                    .. view.Searches.GroupBy(search => (search.Setting, search.Strategy, search.Space, search.Metric)).Select(group => (IReadOnlyList<string>)
                    [
                        group.Key.Setting, group.Key.Strategy, group.Key.Space, Text($"{group.First().Training.Parameters / 1e6:0.00} M"), group.Key.Metric,
                        Text($"{group.Average(search => search.Training.ValidationScore):0.0000}"), Text($"{group.Average(search => search.Training.TestScore):0.0000}"),
                        Text($"{group.Average(search => search.Training.Seconds):0.0}"),
                    ]),
                ])
            {
                TextColumns = 3,
            },
        ]);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
