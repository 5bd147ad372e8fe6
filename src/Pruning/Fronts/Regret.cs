namespace Endpoints.Pruning.Fronts;

/// <summary>One finished evaluation of a run.</summary>
/// <param name="Seconds">When it finished, counted from the run's start.</param>
/// <param name="Values">Its objective values, all minimised.</param>
public readonly record struct Observation(double Seconds, double[] Values);

/// <summary>How far the front of a search is from the best possible one at each time (section 4 of the paper).</summary>
public static class Regret
{
    /// <summary>
    /// The most that the hypervolume could be, 2 to the number of objectives, minus the hypervolume of what had finished by then. Objectives are brought to 0..1 by
    /// their quantiles among all observations of all runs given, and the reference is 2 in each.
    /// </summary>
    /// <param name="runs">The observations of every run of a task: of all methods and seeds that are to be compared.</param>
    /// <param name="times">Seconds at which to look.</param>
    /// <returns>[run][time].</returns>
    public static double[][] OverTime(IReadOnlyList<IReadOnlyList<Observation>> runs, IReadOnlyList<double> times)
    {
        double[][] normalised = Normalization.Quantile([.. runs.SelectMany(run => run).Select(observation => observation.Values)]);
        var regrets = new double[runs.Count][];
        int first = 0;
        for (int i = 0; i < runs.Count; i++)
        {
            double[][] values = normalised[first..(first + runs[i].Count)];
            regrets[i] = [.. times.Select(time => AtTime(runs[i], values, time))];
            first += runs[i].Count;
        }

        return regrets;

        double AtTime(IReadOnlyList<Observation> run, double[][] values, double time)
        {
            double[] reference = [.. Enumerable.Repeat(2.0, normalised[0].Length)];
            double[][] finished = [.. values.Where((_, i) => run[i].Seconds <= time)];
            return Math.Pow(2, reference.Length) - Hypervolume.Of(finished, reference);
        }
    }
}
