using Endpoints.LoadTest.Measuring;

namespace Endpoints.LoadTest.Results;

/// <summary>How likely differences at least as large as the ones found are, if there were none (two-sided p-values).</summary>
internal static class Significance
{
    /// <summary>What counts as found, over all tests made at once.</summary>
    public const double Level = 0.05;

    private const int ExactUpTo = 1_000;

    /// <summary>The sign test (McNemar's, exact): of what changed, as many to one side as to the other?</summary>
    public static double Sign(long one, long other)
    {
        long n = one + other, least = Math.Min(one, other);
        if (n == 0)
        {
            return 1;
        }

        if (n > ExactUpTo)
        {
            // Normal, with continuity.
            return Math.Min(1, 2 * NormalTail((Math.Abs(one - other) - 1) / Math.Sqrt(n)));
        }

        double term = Math.Exp(-n * Math.Log(2)), sum = term;
        for (long i = 1; i <= least; i++)
        {
            term *= (double)(n - i + 1) / i;
            sum += term;
        }

        return Math.Min(1, 2 * sum);
    }

    /// <summary>Welch's test of two figures of which only the 95 % intervals are known, both from as many slices.</summary>
    /// <param name="first">The first figure.</param>
    /// <param name="firstInterval">Its interval.</param>
    /// <param name="second">The second figure.</param>
    /// <param name="secondInterval">Its interval.</param>
    /// <param name="slices">Slices that each interval comes from.</param>
    public static double Welch(double first, Interval firstInterval, double second, Interval secondInterval, int slices)
    {
        // Upper halves, for lower ends are cut off at 0.
        double t = Interval.Quantile(slices - 1);
        double a = Math.Pow((firstInterval.High - first) / t, 2), b = Math.Pow((secondInterval.High - second) / t, 2);
        if (a + b <= 0)
        {
            return first == second ? 1 : 0;
        }

        double freedom = Math.Pow(a + b, 2) * (slices - 1) / ((a * a) + (b * b));
        return StudentTails(Math.Abs(first - second) / Math.Sqrt(a + b), freedom);
    }

    /// <summary>Holm's correction for several tests: each p-value as it would be for one test alone.</summary>
    public static double[] Holm(IReadOnlyList<double> values)
    {
        int[] order = [.. Enumerable.Range(0, values.Count).OrderBy(i => values[i])];
        double[] corrected = new double[values.Count];
        double most = 0;
        for (int rank = 0; rank < order.Length; rank++)
        {
            most = Math.Max(most, Math.Min(1, values[order[rank]] * (order.Length - rank)));
            corrected[order[rank]] = most;
        }

        return corrected;
    }

    private static double NormalTail(double z)
    {
        // Abramowitz and Stegun 26.2.17, within 1e-7.
        double t = 1 / (1 + (0.2316419 * Math.Max(0, z)));
        double density = Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI);
        return density * t * (0.319381530 + (t * (-0.356563782 + (t * (1.781477937 + (t * (-1.821255978 + (t * 1.330274429))))))));
    }

    /// <summary>Both tails of Student's t: its density integrated from 0 (Simpson), which the smooth density allows to 1e-7 here.</summary>
    private static double StudentTails(double t, double freedom)
    {
        const int steps = 2_000;
        const double farthest = 60;
        double end = Math.Min(t, farthest), width = end / steps, sum = 0;
        for (int i = 0; i <= steps; i++)
        {
            double x = i * width;
            sum += (i is 0 or steps ? 1 : i % 2 == 1 ? 4 : 2) * Math.Pow(1 + (x * x / freedom), -(freedom + 1) / 2);
        }

        double scale = Math.Exp(LogGamma((freedom + 1) / 2) - LogGamma(freedom / 2)) / Math.Sqrt(freedom * Math.PI);
        return Math.Clamp(1 - (2 * scale * sum * width / 3), 0, 1);
    }

    /// <summary>Stirling's series after a shift to where it is exact to 1e-10.</summary>
    private static double LogGamma(double x)
    {
        double shift = 0;
        for (; x < 10; x++)
        {
            shift -= Math.Log(x);
        }

        double inverse = 1 / (x * x);
        return shift + ((x - 0.5) * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI)) + ((1.0 / 12 - (inverse * (1.0 / 360 - (inverse / 1260)))) / x);
    }
}
