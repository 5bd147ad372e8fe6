namespace Endpoints.Pruning.Fronts;

/// <summary>
/// Puts points of several objectives in one order, best first: by rank in the non-dominated sort, and within a rank so that every first part of it is spread out
/// (an epsilon net: first the best in the first objective, then always the point farthest from those before it), as MO-ASHA and MO-REA of the paper order them.
/// </summary>
/// <remarks>
/// Published implementations hand out the sorted indices in place of each point's position, which is nearly random selection: (3,3), (1,1), (2,2) got 1, 2, 0
/// instead of 2, 0, 1.
/// </remarks>
public static class NonDominatedOrder
{
    /// <summary>Every point's position in the order, 0 for the best. Distances are taken after scaling each objective to 0..1.</summary>
    public static int[] Positions(IReadOnlyList<double[]> points)
    {
        int[] ranks = ParetoFront.Ranks(points);
        double[][] scaled = Normalization.MinMax(points);
        int[] positions = new int[points.Count];
        int next = 0;
        foreach (var front in Enumerable.Range(0, points.Count).GroupBy(i => ranks[i]).OrderBy(front => front.Key))
        {
            foreach (int i in EpsilonNet([.. front], scaled))
            {
                positions[i] = next++;
            }
        }

        return positions;
    }

    private static IEnumerable<int> EpsilonNet(int[] front, double[][] points)
    {
        int chosen = front.MinBy(i => points[i][0]);
        var left = front.ToDictionary(i => i, _ => double.PositiveInfinity);
        while (true)
        {
            yield return chosen;
            left.Remove(chosen);
            if (left.Count == 0)
            {
                yield break;
            }

            foreach (int i in left.Keys)
            {
                left[i] = Math.Min(left[i], SquaredDistance(points[i], points[chosen]));
            }

            chosen = front.Where(left.ContainsKey).MaxBy(i => left[i]);
        }
    }

    private static double SquaredDistance(double[] a, double[] b) => a.Zip(b).Sum(pair => (pair.First - pair.Second) * (pair.First - pair.Second));
}
