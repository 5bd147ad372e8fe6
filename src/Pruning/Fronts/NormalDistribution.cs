namespace Endpoints.Pruning.Fronts;

/// <summary>The normal distribution, to about 14 digits (relative, also far out in the tail).</summary>
internal static class NormalDistribution
{
    /// <summary>Beyond this the series loses digits and the continued fraction has them.</summary>
    private const double Tail = 2.5;

    /// <summary>The density of the standard normal distribution.</summary>
    public static double Density(double z) => Math.Exp(-0.5 * z * z) / Math.Sqrt(2 * Math.PI);

    /// <summary>The chance that a standard normal variable is at most z.</summary>
    public static double Cumulative(double z) => z > 0 ? 1 - LowerTail(-z) : LowerTail(z);

    /// <summary>E[max(0, bound - Y)] of a normal Y: how far it is expected to lie below a bound. A deviation of 0 is a known value; a bound of -infinity gives 0.</summary>
    public static double ExpectedBelow(double bound, double mean, double deviation)
    {
        if (double.IsNegativeInfinity(bound))
        {
            return 0;
        }

        double gap = bound - mean;
        if (deviation == 0)
        {
            return Math.Max(0, gap);
        }

        double z = gap / deviation;
        return Math.Max(0, (deviation * Density(z)) + (gap * Cumulative(z)));
    }

    /// <summary>The chance of z or less, for z at most 0: erfc(-z / √2) / 2.</summary>
    private static double LowerTail(double z)
    {
        double x = -z;
        if (x > 39)
        {
            return 0;
        }

        if (x > Tail)
        {
            // Density(x) / (x + 1/(x + 2/(x + 3/(x + ...)))), from the inside out; 80 terms are plenty at 2.5.
            double fraction = x;
            for (int k = 80; k >= 1; k--)
            {
                fraction = x + (k / fraction);
            }

            return Density(x) / fraction;
        }

        // 1/2 - Density(x) (x + x³/3 + x⁵/(3·5) + ...): all terms have one sign.
        double term = x;
        double sum = x;
        for (int k = 3; term > 1e-17 * sum; k += 2)
        {
            term *= x * x / k;
            sum += term;
        }

        return 0.5 - (Density(x) * sum);
    }
}
