namespace Endpoints.Pruning.Fronts;

/// <summary>How much of the space below a reference point a set of points dominates (all objectives minimised): larger is better. What section 4 of the paper judges searches by.</summary>
public static class Hypervolume
{
    /// <summary>
    /// The exact volume, for any number of objectives: the area of a staircase for two, slices along the last objective for more.
    /// Points that are not below the reference in every objective add nothing.
    /// </summary>
    /// <param name="points">One array of objective values each; normalise them first where their scales differ.</param>
    /// <param name="reference">A point that is worse than those of interest, one value for each objective.</param>
    public static double Of(IReadOnlyList<double[]> points, double[] reference)
    {
        double[][] inside = [.. points.Where(point => reference.Select((limit, i) => point[i] < limit).All(below => below))];
        return Volume(inside, reference, reference.Length);
    }

    private static double Volume(IReadOnlyList<double[]> points, double[] reference, int dimensions)
    {
        if (points.Count == 0)
        {
            return 0;
        }

        return dimensions switch
        {
            1 => reference[0] - points.Min(point => point[0]),
            2 => Area(points, reference),
            _ => Slices(points, reference, dimensions),
        };
    }

    private static double Area(IReadOnlyList<double[]> points, double[] reference)
    {
        double area = 0;
        double roof = reference[1];
        foreach (int i in ParetoFront.Staircase(points, along: 0, falling: 1))
        {
            area += (reference[0] - points[i][0]) * (roof - points[i][1]);
            roof = points[i][1];
        }

        return area;
    }

    private static double Slices(IReadOnlyList<double[]> points, double[] reference, int dimensions)
    {
        int last = dimensions - 1;
        double[][] sorted = [.. points.OrderBy(point => point[last])];
        double volume = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            double height = (i + 1 < sorted.Length ? sorted[i + 1][last] : reference[last]) - sorted[i][last];
            if (height > 0)
            {
                volume += height * Volume(new ArraySegment<double[]>(sorted, 0, i + 1), reference, last);
            }
        }

        return volume;
    }
}
