namespace Endpoints.Pruning.Fronts;

/// <summary>Brings objectives of different scales to 0..1, each on its own, before a hypervolume is taken (section 4 of the paper: by quantiles).</summary>
public static class Normalization
{
    /// <summary>
    /// Quantiles: a value becomes its position in the sorted column, 0 for the smallest and 1 for the largest, the middle of their positions for equal
    /// values (but 0 where the smallest, and 1 where the largest, is among them).
    /// </summary>
    public static double[][] Quantile(IReadOnlyList<double[]> points) => EachColumn(points, column =>
    {
        double[] sorted = [.. column.Order()];
        int last = sorted.Length - 1;
        return value =>
        {
            int low = LowerBound(sorted, value, orEqual: false);
            int high = LowerBound(sorted, value, orEqual: true) - 1;
            return low == 0 ? 0 : high == last ? 1 : (low + high) / 2.0 / last;
        };
    });

    /// <summary>(x - min) / (max - min); 0 where the column is constant.</summary>
    public static double[][] MinMax(IReadOnlyList<double[]> points) => EachColumn(points, column =>
    {
        double smallest = column.Min();
        double range = column.Max() - smallest;
        return value => range == 0 ? 0 : (value - smallest) / range;
    });

    private static double[][] EachColumn(IReadOnlyList<double[]> points, Func<double[], Func<double, double>> learn)
    {
        if (points.Count == 0)
        {
            return [];
        }

        Func<double, double>[] maps = [.. Enumerable.Range(0, points[0].Length).Select(i => learn([.. points.Select(point => point[i])]))];
        return [.. points.Select(point => point.Select((value, i) => maps[i](value)).ToArray())];
    }

    /// <summary>Number of sorted values that are less than <paramref name="value"/>, or at most it.</summary>
    private static int LowerBound(double[] sorted, double value, bool orEqual)
    {
        int low = 0;
        int high = sorted.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (sorted[middle] < value || (orEqual && sorted[middle] == value))
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
