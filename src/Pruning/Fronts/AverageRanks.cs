namespace Endpoints.Pruning.Fronts;

/// <summary>
/// Compares methods over several runs (section 4 of the paper): draw one run of each method, rank their regrets at every time (1 for the least, equal ones share
/// the mean), and average over draws and tasks.
/// </summary>
/// <remarks>Regrets of a task are given as [method][run][time].</remarks>
public static class AverageRanks
{
    /// <summary>What the average over infinitely many draws is: 1 + the chance to lose against each other method, where a tie is half a loss.</summary>
    /// <returns>[method][time], the mean over tasks.</returns>
    public static double[][] Exact(IReadOnlyList<double[][][]> tasks) => MeanOverTasks(tasks, task => Table(task, (method, time) =>
        1 + Enumerable.Range(0, task.Length).Where(other => other != method).Sum(other => Losses(task[method], task[other], time))));

    /// <summary>The paper's estimate of it by so many draws, each method's run drawn independently.</summary>
    /// <returns>[method][time], the mean over tasks.</returns>
    public static double[][] Bootstrap(IReadOnlyList<double[][][]> tasks, Random random, int draws = 1000) => MeanOverTasks(tasks, task =>
    {
        double[][] sums = Table(task, (_, _) => 0);
        for (int draw = 0; draw < draws; draw++)
        {
            double[][] drawn = [.. task.Select(runs => runs[random.Next(runs.Length)])];
            Add(sums, Table(task, (method, time) => RankAmong(drawn, method, time)), 1.0 / draws);
        }

        return sums;
    });

    /// <summary>Ranks among the runs of the same number, where every method had the same seeds: the mean over runs and tasks.</summary>
    /// <returns>[method][time].</returns>
    public static double[][] OfSameRun(IReadOnlyList<double[][][]> tasks) => MeanOverTasks(tasks, task =>
    {
        int runs = task[0].Length;
        double[][] sums = Table(task, (_, _) => 0);
        for (int run = 0; run < runs; run++)
        {
            double[][] same = [.. task.Select(all => all[run])];
            Add(sums, Table(task, (method, time) => RankAmong(same, method, time)), 1.0 / runs);
        }

        return sums;
    });

    private static double Losses(double[][] runs, double[][] others, int time)
    {
        double losses = runs.Sum(run => others.Sum(other => Loss(run[time], other[time])));
        return losses / runs.Length / others.Length;
    }

    private static double RankAmong(double[][] regrets, int method, int time) =>
        1 + Enumerable.Range(0, regrets.Length).Where(other => other != method).Sum(other => Loss(regrets[method][time], regrets[other][time]));

    private static double Loss(double own, double other) => other < own ? 1 : other == own ? 0.5 : 0;

    private static double[][] MeanOverTasks(IReadOnlyList<double[][][]> tasks, Func<double[][][], double[][]> ranksOf)
    {
        double[][] means = Table(tasks[0], (_, _) => 0);
        foreach (double[][][] task in tasks)
        {
            if (task.Length != means.Length || task.Any(runs => runs.Length == 0 || runs.Any(run => run.Length != means[0].Length)))
            {
                throw new ArgumentException(
                    $"Every task needs the same {means.Length} methods, each with at least one run, and {means[0].Length} times in every run.", nameof(tasks));
            }

            Add(means, ranksOf(task), 1.0 / tasks.Count);
        }

        return means;
    }

    private static double[][] Table(double[][][] task, Func<int, int, double> cell) =>
        [.. Enumerable.Range(0, task.Length).Select(method => Enumerable.Range(0, task[0][0].Length).Select(time => cell(method, time)).ToArray())];

    private static void Add(double[][] sums, double[][] values, double weight)
    {
        for (int method = 0; method < sums.Length; method++)
        {
            for (int time = 0; time < sums[method].Length; time++)
            {
                sums[method][time] += weight * values[method][time];
            }
        }
    }
}
