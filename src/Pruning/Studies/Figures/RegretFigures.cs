using Endpoints.Charts;

namespace Endpoints.Pruning.Studies.Figures;

/// <summary>Regret (4 less the hypervolume) of every method after each trial: mean over the seeds, with the spread from least to most (figures 11 and 12 of the paper).</summary>
internal static class RegretFigures
{
    public static IEnumerable<StudyFigure> Draw(StudyView view) =>
        view.Plan.Methods.Length < 2 ? [] : view.Settings.Select(setting => Figure(view, setting)).OfType<StudyFigure>();

    private static StudyFigure? Figure(StudyView view, string setting)
    {
        StudySearch[] searches = [.. view.ByMethod.Where(search => search.Setting == setting)];
        if (searches.Length == 0)
        {
            return null;
        }

        IEnumerable<double> Regrets(string method, int trial) => searches
            .Where(search => search.Method == method)
            .Select(search => view.Hypervolumes.AfterTrials(search))
            .Where(after => trial < after.Count)
            .Select(after => StudyHypervolumes.Most - after[trial]);
        int trials = searches.Max(search => search.Report.Trials.Count);

        // A point on every trial would hide the lines.
        int[] shown = [.. Enumerable.Range(0, trials).Where(trial => trial >= 3 && (trial % Math.Max(1, trials / 25) == 0 || trial == trials - 1))];
        Series Line(string method) => new(method, [.. shown.Where(trial => Regrets(method, trial).Any()).Select(trial => new ChartPoint(trial + 1, Regrets(method, trial).Average()))])
        {
            Band = [.. shown.Where(trial => Regrets(method, trial).Any()).Select(trial => new BandPoint(trial + 1, Regrets(method, trial).Min(), Regrets(method, trial).Max()))],
        };
        var chart = new LineChart
        {
            Title = $"Regret of search methods: {setting}",
            Description = "What is missing to the largest hypervolume there could be, after each trial: less is better. Mean over the seeds; the band reaches from the least to the most.",
            X = new Axis("Sub-networks evaluated") { WholeNumbers = true },
            Y = new Axis("Regret"),
            Series = [.. view.Plan.Methods.Select(Line)],
        };
        return new StudyFigure($"regret_{setting.Replace(", ", "_", StringComparison.Ordinal)}", "Search methods", chart, StudyFigure.Table(
            "method,seed,trials,regret",
            searches.SelectMany(search => view.Hypervolumes.AfterTrials(search).Select<double, FormattableString>((volume, trial) =>
                $"{search.Method},{search.Seed},{trial + 1},{StudyHypervolumes.Most - volume:R}"))));
    }
}
