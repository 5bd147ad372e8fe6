using System.Globalization;
using Endpoints.Charts.Pages;
using Endpoints.Pruning.Studies.Figures;

namespace Endpoints.Pruning.Studies;

/// <summary>Mean hypervolume of every space, strategy and method, with 95 % intervals over the seeds.</summary>
/// <param name="Rows">One for each task and model, factor and choice.</param>
internal sealed record StudySummary(IReadOnlyList<StudySummary.Row> Rows)
{
    /// <summary>A choice on a task.</summary>
    /// <param name="Factor">space, strategy or method.</param>
    /// <param name="Setting">Task and model.</param>
    /// <param name="Choice">For example <c>small</c>.</param>
    /// <param name="Seeds">Number of searches.</param>
    /// <param name="Hypervolume">Their mean.</param>
    /// <param name="Difference">Mean difference to the plan's first choice, seed by seed; null for that choice itself.</param>
    public sealed record Row(string Factor, string Setting, string Choice, int Seeds, StudyMean Hypervolume, StudyMean? Difference);

    public string Csv => StudyFigure.Table(
        "factor,task,model,choice,seeds,hypervolume,low,high,difference,difference_low,difference_high",
        Rows.Select<Row, FormattableString>(row =>
            $"{row.Factor},{row.Setting.Replace(", ", ",", StringComparison.Ordinal)},{row.Choice},{row.Seeds},{row.Hypervolume.Value:R},{row.Hypervolume.Low:R},{row.Hypervolume.High:R},{row.Difference?.Value:R},{row.Difference?.Low:R},{row.Difference?.High:R}"));

    public static StudySummary Of(StudyView view) => new(
    [
        .. Factor(view, "space", view.BySpace, search => search.Space, view.Plan.Spaces),
        .. Factor(view, "strategy", view.ByStrategy, search => search.Strategy, view.Plan.Strategies),
        .. Factor(view, "method", view.ByMethod, search => search.Method, view.Plan.Methods),
    ]);

    public ReportTable Table(string caption, string factor) => new(
        $"{caption}: mean hypervolume, 95 % interval over the seeds, and the difference to the first",
        ["Task, model", "Choice", "Seeds", "Hypervolume", "Interval", "Difference", "Interval of the difference"],
        [
            .. Rows.Where(row => row.Factor == factor).Select(row => (IReadOnlyList<string>)
            [
                row.Setting, row.Choice, Text($"{row.Seeds}"), Text($"{row.Hypervolume.Value:0.000}"), Text($"{row.Hypervolume.Low:0.000} to {row.Hypervolume.High:0.000}"),
                row.Difference is { } difference ? Text($"{difference.Value:+0.000;-0.000}") : "", row.Difference is { } interval ? Text($"{interval.Low:+0.000;-0.000} to {interval.High:+0.000;-0.000}") : "",
            ]),
        ])
    {
        TextColumns = 2,
    };

    private static IEnumerable<Row> Factor(StudyView view, string factor, IEnumerable<StudySearch> searches, Func<StudySearch, string> choice, string[] choices)
    {
        StudySearch[] all = [.. searches];
        foreach (string setting in view.Settings)
        {
            Dictionary<int, double> Volumes(string one) => all.Where(search => search.Setting == setting && choice(search) == one).ToDictionary(search => search.Seed, view.Hypervolumes.Of);
            Dictionary<int, double> first = Volumes(choices[0]);
            foreach (string one in choices)
            {
                Dictionary<int, double> volumes = Volumes(one);
                double[] differences = [.. volumes.Where(pair => first.ContainsKey(pair.Key)).Select(pair => pair.Value - first[pair.Key])];
                if (volumes.Count > 0)
                {
                    yield return new Row(factor, setting, one, volumes.Count, StudyMean.Of([.. volumes.Values]), one == choices[0] || differences.Length == 0 ? null : StudyMean.Of(differences));
                }
            }
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
