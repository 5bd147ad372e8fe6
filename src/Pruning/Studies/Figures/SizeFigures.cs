using Endpoints.Charts;
using Endpoints.Pruning.Fronts;

namespace Endpoints.Pruning.Studies.Figures;

/// <summary>
/// Test error against size: at each of 21 sizes the network of least validation error among the smaller ones, scored on the test part (figure 8 of the paper).
/// Mean over the seeds, with the standard deviation as a band. Once for the search methods, once for searching beside the other ways to prune.
/// </summary>
internal static class SizeFigures
{
    public static IEnumerable<StudyFigure> Draw(StudyView view) => view.Settings.SelectMany(setting => new[]
    {
        Figure(view, setting, "error-against-size", "Search methods", [.. view.ByMethod.Select(search => search.Curve)]),
        view.Comparisons.Count == 0 ? null : Figure(
            view,
            setting,
            "pruning-methods",
            "Ways to prune",
            [
                .. view.ByMethod.Where(search => search.Method == view.Plan.Methods[0]).Select(search => search.Curve with { Method = $"weight sharing, {search.Method}" }),
                .. view.Comparisons,
            ]),
    }).OfType<StudyFigure>();

    private static StudyFigure? Figure(StudyView view, string setting, string name, string section, IReadOnlyList<StudyCurve> all)
    {
        StudyCurve[] curves = [.. all.Where(curve => curve.Setting == setting)];
        if (curves.Length == 0)
        {
            return null;
        }

        StudySearch[] searches = [.. view.Searches.Where(search => search.Setting == setting && search.Strategy == view.Plan.Strategies[0])];
        double whole = searches.DistinctBy(search => search.Seed).Average(search => 1 - search.Training.TestScore);
        var chart = new LineChart
        {
            Title = $"Test error against size: {setting}",
            Description = "The best network below each size, chosen on the validation part and scored on the test part. Mean over the seeds; the band is one standard deviation. "
                + $"Dashed: the whole super-network, fine-tuned with the strategy {view.Plan.Strategies[0]}.",
            X = new Axis("Parameters kept, less than", "%"),
            Y = new Axis($"Test error (1 - {searches[0].Metric})"),
            Series = [.. curves.Select(curve => curve.Method).Distinct().Select(method => Line(method, curves)), Dashed(whole)],
        };
        return new StudyFigure($"{name}_{setting.Replace(", ", "_", StringComparison.Ordinal)}", section, chart, StudyFigure.Table(
            "method,seed,parameters_less_than,test_error",
            curves.SelectMany(curve => curve.BestErrors().Select<double?, FormattableString>((error, i) => $"{curve.Method.Replace(", ", " ", StringComparison.Ordinal)},{curve.Seed},{ErrorAgainstSize.Limits[i]:R},{error:R}"))));
    }

    private static Series Dashed(double error) => new("super-network", [new(100 * ErrorAgainstSize.Limits[0], error), new(100, error)]) { Dashed = true };

    /// <summary>Only sizes that every seed reached: the mean of some seeds would jump where the next one joins.</summary>
    private static Series Line(string method, StudyCurve[] curves)
    {
        IReadOnlyList<double?>[] seeds = [.. curves.Where(curve => curve.Method == method).Select(curve => curve.BestErrors())];
        (double X, double Mean, double Deviation)[] means =
        [
            .. from i in Enumerable.Range(0, ErrorAgainstSize.Limits.Count)
               where seeds.All(seed => seed[i] is not null)
               let mean = seeds.Average(seed => seed[i]!.Value)
               select (100 * ErrorAgainstSize.Limits[i], mean, Math.Sqrt(seeds.Average(seed => Math.Pow(seed[i]!.Value - mean, 2)))),
        ];
        return new Series(method, [.. means.Select(point => new ChartPoint(point.X, point.Mean))])
        {
            Band = [.. means.Select(point => new BandPoint(point.X, point.Mean - point.Deviation, point.Mean + point.Deviation))],
        };
    }
}
