namespace Endpoints.Pruning.Fronts;

/// <summary>
/// How much hypervolume a point is expected to add to a front, when each of its objectives (all minimised) is an independent normal variable (Emmerich et al. 2006). Exact, for any
/// number of objectives.
/// </summary>
/// <remarks>
/// What no front point dominates below the reference is cut into disjoint boxes. Of a box [l, u] a point y wins Π max(0, u - max(l, y)) on average
/// Π (E(u) - E(l)), where E(b) = E[max(0, b - y)]. A deviation of 0 is an objective known exactly, for example the number of parameters.
/// Cost: O(n) boxes for two objectives and a front of n, O(n²) for three; E is computed once for each distinct bound.
/// </remarks>
public sealed class ExpectedHypervolumeImprovement
{
    private readonly double[][] _bounds;
    private readonly List<(int[] Lower, int[] Upper)> _boxes = [];

    /// <summary>Cuts the space below the reference into boxes.</summary>
    /// <param name="front">Points found so far, in any order; dominated ones, copies and points outside the reference change nothing.</param>
    /// <param name="reference">The upper limit of what counts, one value for each objective.</param>
    public ExpectedHypervolumeImprovement(IReadOnlyList<double[]> front, double[] reference)
    {
        double[][] inside = [.. front.Where(point => point.Zip(reference).All(pair => pair.First < pair.Second))];
        double[][] kept = [.. ParetoFront.Distinct(inside).Select(i => inside[i])];

        // -infinity, the front's values and the reference: every side of a box is one of these.
        _bounds = [.. reference.Select((limit, k) => kept.Select(point => point[k]).Append(limit).Append(double.NegativeInfinity).Distinct().Order().ToArray())];
        Cut(kept, reference.Length - 1, new int[reference.Length], new int[reference.Length]);
    }

    /// <summary>The expected improvement of a point.</summary>
    /// <param name="mean">Expected value of each objective.</param>
    /// <param name="deviation">Standard deviation of each; 0 for a value that is known.</param>
    public double Of(ReadOnlySpan<double> mean, ReadOnlySpan<double> deviation)
    {
        var below = new double[_bounds.Length][];
        for (int k = 0; k < below.Length; k++)
        {
            below[k] = new double[_bounds[k].Length];
            for (int i = 0; i < below[k].Length; i++)
            {
                below[k][i] = NormalDistribution.ExpectedBelow(_bounds[k][i], mean[k], deviation[k]);
            }
        }

        double total = 0;
        foreach ((int[] lower, int[] upper) in _boxes)
        {
            double volume = 1;
            for (int k = 0; k < below.Length; k++)
            {
                volume *= below[k][upper[k]] - below[k][lower[k]];
            }

            total += volume;
        }

        return total;
    }

    /// <summary>
    /// Cuts along the last objective into slabs; within one, only the points that lie below all of it bound the other objectives.
    /// </summary>
    private void Cut(IReadOnlyList<double[]> points, int objective, int[] lower, int[] upper)
    {
        double[] bounds = _bounds[objective];
        if (objective == 0)
        {
            double best = points.Select(point => point[0]).DefaultIfEmpty(bounds[^1]).Min();
            (lower[0], upper[0]) = (0, Array.BinarySearch(bounds, best));
            _boxes.Add(([.. lower], [.. upper]));
            return;
        }

        int from = 0;
        foreach (double to in points.Select(point => point[objective]).Append(bounds[^1]).Distinct().Order())
        {
            int end = Array.BinarySearch(bounds, to);
            (lower[objective], upper[objective]) = (from, end);
            double floor = bounds[from];
            Cut([.. points.Where(point => point[objective] <= floor)], objective - 1, lower, upper);
            from = end;
        }
    }
}
