namespace Endpoints.LoadTest.Measuring;

/// <summary>A 95 % confidence interval.</summary>
/// <param name="Low">Its lower end.</param>
/// <param name="High">Its upper end.</param>
public readonly record struct Interval(double Low, double High)
{
    /// <summary>Two-sided 95 % of the normal distribution.</summary>
    private const double Z = 1.959964;

    /// <summary>Two-sided 95 % quantiles of Student's t for 1 to 30 degrees of freedom.</summary>
    private static readonly double[] T =
    [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
        2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
    ];

    /// <summary>Wilson's interval of a share: holds for few trials and for shares near 0 and 1 too.</summary>
    /// <param name="hits">How many of the trials.</param>
    /// <param name="trials">Number of trials; 0 gives all of 0 to 1.</param>
    public static Interval Wilson(long hits, long trials) => Wilson(trials == 0 ? 0 : (double)hits / trials, trials);

    /// <summary>Wilson's interval of a share.</summary>
    /// <param name="share">The share, 0 to 1.</param>
    /// <param name="trials">Number of trials; 0 gives all of 0 to 1.</param>
    internal static Interval Wilson(double share, long trials)
    {
        if (trials == 0)
        {
            return new Interval(0, 1);
        }

        double n = trials, z2 = Z * Z;
        double middle = (share + (z2 / (2 * n))) / (1 + (z2 / n));
        double half = Z / (1 + (z2 / n)) * Math.Sqrt((share * (1 - share) / n) + (z2 / (4 * n * n)));
        return new Interval(share == 0 ? 0 : middle - half, share == 1 ? 1 : middle + half);
    }

    /// <summary>Two-sided 95 % quantile of Student's t; of the normal distribution from 31 degrees of freedom on.</summary>
    internal static double Quantile(int freedom) => freedom > T.Length ? Z : T[freedom - 1];

    /// <summary>
    /// The interval around a figure whose spread is known from batches: the same figure of equal slices of time, far enough apart to be independent,
    /// as single requests in one queue are not. Null for fewer than two batches.
    /// </summary>
    internal static Interval? Around(double figure, IReadOnlyList<double> batches)
    {
        if (batches.Count < 2)
        {
            return null;
        }

        double mean = batches.Average();
        double deviation = Math.Sqrt(batches.Sum(value => (value - mean) * (value - mean)) / (batches.Count - 1));
        double half = Quantile(batches.Count - 1) * deviation / Math.Sqrt(batches.Count);
        return new Interval(Math.Round(Math.Max(0, figure - half), 3), Math.Round(figure + half, 3));
    }
}
