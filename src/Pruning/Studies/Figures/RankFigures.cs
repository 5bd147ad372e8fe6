using Endpoints.Charts;
using Endpoints.Pruning.Fronts;

namespace Endpoints.Pruning.Studies.Figures;

/// <summary>Average rank of the methods after each trial, by bootstrap over seeds and averaged over tasks (figure 6 of the paper): 1 is always ahead.</summary>
internal static class RankFigures
{
    private const int Draws = 1000;

    public static IEnumerable<StudyFigure> Draw(StudyView view)
    {
        string[] methods = view.Plan.Methods;
        double[][][][] tasks = [.. view.Settings.Select(setting => methods.Select(method => Regrets(view, setting, method)).ToArray()).Where(task => task.All(runs => runs.Length > 0))];
        if (methods.Length < 2 || tasks.Length == 0)
        {
            yield break;
        }

        // A space may run out of sub-networks before the plan's trials are done.
        int trials = tasks.Min(task => task.Min(runs => runs.Min(run => run.Length)));
        double[][] ranks = AverageRanks.Bootstrap([.. tasks.Select(task => task.Select(runs => runs.Select(run => run[..trials]).ToArray()).ToArray())], new Random(0), Draws);
        int[] shown = [.. Enumerable.Range(0, trials).Where(trial => trial >= 3 && (trial % Math.Max(1, trials / 25) == 0 || trial == trials - 1))];
        var chart = new LineChart
        {
            Title = "Average rank of search methods",
            Description = $"{Draws} bootstrap draws of one seed a method, ranked by regret after each trial, averaged over {tasks.Length} of task and model: less is better.",
            X = new Axis("Sub-networks evaluated") { WholeNumbers = true },
            Y = new Axis("Average rank"),
            Series = [.. methods.Select((method, i) => new Series(method, [.. shown.Select(trial => new ChartPoint(trial + 1, ranks[i][trial]))]))],
        };
        yield return new StudyFigure("ranks-by-method", "Search methods", chart, StudyFigure.Table(
            "method,trials,average_rank",
            methods.SelectMany((method, i) => ranks[i].Select<double, FormattableString>((rank, trial) => $"{method},{trial + 1},{rank:R}"))));
    }

    private static double[][] Regrets(StudyView view, string setting, string method) =>
        [.. view.ByMethod.Where(search => search.Setting == setting && search.Method == method).Select(search => view.Hypervolumes.AfterTrials(search).Select(volume => StudyHypervolumes.Most - volume).ToArray())];
}
