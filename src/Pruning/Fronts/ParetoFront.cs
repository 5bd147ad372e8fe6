namespace Endpoints.Pruning.Fronts;

/// <summary>Dominance between points of any number of objectives, all minimised: a dominates b when it is nowhere larger and somewhere smaller (section 3 of the paper).</summary>
/// <remarks>Points are given as one array of finite objective values each, all of one length; results are indices into them.</remarks>
public static class ParetoFront
{
    /// <summary>True when <paramref name="a"/> is at most <paramref name="b"/> in every objective and less in one.</summary>
    public static bool Dominates(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        bool less = false;
        for (int i = 0; i < a.Length; i++)
        {
            if (a[i] > b[i])
            {
                return false;
            }

            less |= a[i] < b[i];
        }

        return less;
    }

    /// <summary>All points that no other dominates, copies included, in the order given.</summary>
    public static int[] Of(IReadOnlyList<double[]> points) =>
        [.. Enumerable.Range(0, points.Count).Where(i => !points.Any(other => Dominates(other, points[i])))];

    /// <summary>As <see cref="Of"/>, but of equal points only the first.</summary>
    public static int[] Distinct(IReadOnlyList<double[]> points)
    {
        var front = new List<int>();
        foreach (int i in Of(points))
        {
            if (!front.Any(kept => points[kept].AsSpan().SequenceEqual(points[i])))
            {
                front.Add(i);
            }
        }

        return [.. front];
    }

    /// <summary>
    /// The staircase that figures draw, of two objectives: going along <paramref name="along"/> upwards, the points where <paramref name="falling"/> gets
    /// strictly smaller than ever before.
    /// </summary>
    public static int[] Staircase(IReadOnlyList<double[]> points, int along, int falling)
    {
        var steps = new List<int>();
        double lowest = double.PositiveInfinity;
        foreach (int i in Enumerable.Range(0, points.Count).OrderBy(i => points[i][along]).ThenBy(i => points[i][falling]))
        {
            if (points[i][falling] < lowest)
            {
                lowest = points[i][falling];
                steps.Add(i);
            }
        }

        return [.. steps];
    }

    /// <summary>Every point's rank in the non-dominated sort: 0 on the front, 1 on the front of what is left without it, and so on.</summary>
    public static int[] Ranks(IReadOnlyList<double[]> points)
    {
        int[] dominators = [.. points.Select(point => points.Count(other => Dominates(other, point)))];
        int[] ranks = new int[points.Count];
        int[] front = [.. Enumerable.Range(0, points.Count).Where(i => dominators[i] == 0)];
        for (int rank = 0; front.Length > 0; rank++)
        {
            var next = new List<int>();
            foreach (int i in front)
            {
                ranks[i] = rank;
                for (int j = 0; j < points.Count; j++)
                {
                    if (Dominates(points[i], points[j]) && --dominators[j] == 0)
                    {
                        next.Add(j);
                    }
                }
            }

            front = [.. next];
        }

        return ranks;
    }
}
