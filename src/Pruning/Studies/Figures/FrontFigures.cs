using System.Globalization;
using Endpoints.Charts;
using Endpoints.Pruning.Fronts;

namespace Endpoints.Pruning.Studies.Figures;

/// <summary>All sub-networks of all methods in the first space, and the front of all of them: validation error against size (figure 10 of the paper).</summary>
internal static class FrontFigures
{
    public static IEnumerable<StudyFigure> Draw(StudyView view) => view.Settings.Select(setting => Figure(view, setting)).OfType<StudyFigure>();

    private static StudyFigure? Figure(StudyView view, string setting)
    {
        StudySearch[] searches = [.. view.ByMethod.Where(search => search.Setting == setting)];
        if (searches.Length == 0)
        {
            return null;
        }

        static ChartPoint Point(StudySearch search, Trial trial) => new(
            100.0 * trial.Parameters / search.Training.Parameters,
            search.Report.Value(trial, "error"),
            string.Create(
                CultureInfo.InvariantCulture,
                $"{search.Method}, seed {search.Seed}: {trial.SubNetwork}, {trial.Parameters / 1e6:0.###} M parameters, error {search.Report.Value(trial, "error"):0.0000}"));
        ChartPoint[] all = [.. searches.SelectMany(search => search.Report.Trials.Select(trial => Point(search, trial)))];
        double[][] values = [.. all.Select(point => new[] { point.X, point.Y })];
        var chart = new ScatterChart
        {
            Title = $"Pareto front: {setting}",
            Description = $"Sub-networks of the space {view.Plan.Spaces[0]} in super-networks of all seeds; the line joins those that no other one beats in both.",
            X = new Axis("Parameters kept", "%"),
            Y = new Axis($"Validation error (1 - {searches[0].Metric})"),
            Groups =
            [
                .. view.Plan.Methods.Select(method => new Series(method, [.. searches.Where(search => search.Method == method).SelectMany(search => search.Report.Trials.Select(trial => Point(search, trial)))])
                {
                    Faint = true,
                }),
            ],
            Front = [.. ParetoFront.Staircase(values, along: 0, falling: 1).Select(i => all[i])],
        };
        return new StudyFigure($"front_{setting.Replace(", ", "_", StringComparison.Ordinal)}", "Pareto fronts", chart, StudyFigure.Table(
            "method,seed,trial,sub_network,parameters,share,error",
            searches.SelectMany(search => search.Report.Trials.Select<Trial, FormattableString>(trial =>
                $"{search.Method},{search.Seed},{trial.Id},\"{trial.SubNetwork}\",{trial.Parameters},{(double)trial.Parameters / search.Training.Parameters:R},{search.Report.Value(trial, "error"):R}"))));
    }
}
