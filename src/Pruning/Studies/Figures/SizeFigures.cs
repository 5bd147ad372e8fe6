using Endpoints.Charts;

namespace Endpoints.Pruning.Studies.Figures;

/// <summary>
/// Test error against size: at each of 21 sizes the sub-network of least validation error among the smaller ones, scored on the test part (figure 8 of the paper).
/// Mean over the seeds, with the standard deviation as a band.
/// </summary>
internal static class SizeFigures
{
    public static IEnumerable<StudyFigure> Draw(StudyView view) => view.Settings.Select(setting => Figure(view, setting)).OfType<StudyFigure>();

    private static StudyFigure? Figure(StudyView view, string setting)
    {
        StudySearch[] searches = [.. view.ByMethod.Where(search => search.Setting == setting)];
        if (searches.Length == 0)
        {
            return null;
        }

        var points = new List<(string Method, int Seed, double Threshold, double Error)>();
        foreach (StudySearch search in searches)
        {
            foreach (double threshold in StudySteps.Thresholds)
            {
                if (StudySteps.BestBelow(search.Report, threshold * search.Training.Parameters) is { } trial)
                {
                    points.Add((search.Method, search.Seed, threshold, 1 - search.Test[trial.Id]));
                }
            }
        }

        double whole = searches.DistinctBy(search => search.Seed).Average(search => 1 - search.Training.TestScore);
        var chart = new LineChart
        {
            Title = $"Test error against size: {setting}",
            Description = "The best sub-network below each size, chosen on the validation part and scored on the test part. Mean over the seeds; the band is one standard deviation. "
                + "Dashed: the whole super-network.",
            X = new Axis("Parameters kept, at most", "%"),
            Y = new Axis($"Test error (1 - {searches[0].Metric})"),
            Series =
            [
                .. view.Plan.Methods.Select(method => Line(method, [.. points.Where(point => point.Method == method).Select(point => (point.Threshold, point.Error))])),
                new Series("super-network", [new(20, whole), new(100, whole)]) { Dashed = true },
            ],
        };
        return new StudyFigure($"error-against-size_{setting.Replace(", ", "_", StringComparison.Ordinal)}", "Error against size", chart, StudyFigure.Table(
            "method,seed,parameters_at_most,test_error", points.Select<(string Method, int Seed, double Threshold, double Error), FormattableString>(point => $"{point.Method},{point.Seed},{point.Threshold:R},{point.Error:R}")));
    }

    private static Series Line(string name, (double Threshold, double Error)[] points)
    {
        (double X, double Mean, double Deviation)[] means =
        [
            .. points.GroupBy(point => point.Threshold, point => point.Error).OrderBy(group => group.Key)
                .Select(group => (100 * group.Key, group.Average(), Math.Sqrt(group.Average(error => Math.Pow(error - group.Average(), 2))))),
        ];
        return new Series(name, [.. means.Select(mean => new ChartPoint(mean.X, mean.Mean))])
        {
            Band = [.. means.Select(mean => new BandPoint(mean.X, mean.Mean - mean.Deviation, mean.Mean + mean.Deviation))],
        };
    }
}
