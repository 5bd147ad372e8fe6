namespace Endpoints.Pruning.Fronts;

/// <summary>How alone each point of a front is, as NSGA-II breaks ties (Deb et al. 2002).</summary>
public static class Crowding
{
    /// <summary>
    /// For each objective the points are sorted (equal ones in the order given): the first and the last get infinity, every other one the gap between its
    /// two neighbours as a share of the whole range. A constant objective only makes its first and last infinite.
    /// </summary>
    /// <param name="points">Mutually non-dominated points, one array of objective values each.</param>
    public static double[] Distances(IReadOnlyList<double[]> points)
    {
        double[] distances = new double[points.Count];
        for (int objective = 0; points.Count > 0 && objective < points[0].Length; objective++)
        {
            int[] sorted = [.. Enumerable.Range(0, points.Count).OrderBy(i => points[i][objective])];
            double range = points[sorted[^1]][objective] - points[sorted[0]][objective];
            for (int i = 1; range > 0 && i < sorted.Length - 1; i++)
            {
                distances[sorted[i]] += (points[sorted[i + 1]][objective] - points[sorted[i - 1]][objective]) / range;
            }

            distances[sorted[0]] = distances[sorted[^1]] = double.PositiveInfinity;
        }

        return distances;
    }
}
