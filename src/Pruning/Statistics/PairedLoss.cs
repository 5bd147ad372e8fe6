using Endpoints.Pruning.Fronts;

namespace Endpoints.Pruning.Statistics;

/// <summary>By how much less often a network may be right than a reference on the same kind of examples, as far as the examples at hand tell.</summary>
/// <remarks>
/// The score interval for the difference of paired proportions: T. Tango, "Equivalence test and confidence interval for the difference in proportions for the
/// paired-sample design", Statistics in Medicine 17 (1998). It holds its level, within two points in simulations, also where few examples are answered
/// differently, or none, which is where a normal interval has no width.
/// </remarks>
public static class PairedLoss
{
    /// <summary>The one-sided upper limit of P(only the reference is right) − P(only the network is right).</summary>
    /// <param name="onlyReference">Examples that only the reference got right.</param>
    /// <param name="onlyNetwork">Examples that only the network got right.</param>
    /// <param name="count">Examples in all, at least one.</param>
    /// <param name="confidence">Above 0.5 and below 1, for example 0.95.</param>
    /// <returns>From -1 to 1.</returns>
    public static double UpperBound(int onlyReference, int onlyNetwork, int count, double confidence)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(onlyReference);
        ArgumentOutOfRangeException.ThrowIfNegative(onlyNetwork);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, Math.Max(1, onlyReference + onlyNetwork));
        RequireConfidence(confidence);
        double low = (double)(onlyReference - onlyNetwork) / count, high = 1;
        for (int step = 0; step < 60; step++)
        {
            double middle = (low + high) / 2;
            bool isPlausible = NormalDistribution.Cumulative(Score(onlyReference, onlyNetwork, count, middle)) > 1 - confidence;
            (low, high) = isPlausible ? (middle, high) : (low, middle);
        }

        return high;
    }

    /// <summary>The two-sided 95 % interval of P(only the reference is right) − P(only the network is right).</summary>
    /// <param name="onlyReference">Examples that only the reference got right.</param>
    /// <param name="onlyNetwork">Examples that only the network got right.</param>
    /// <param name="count">Examples in all, at least one.</param>
    public static ConfidenceInterval Interval(int onlyReference, int onlyNetwork, int count)
    {
        const double oneSided = 0.975;
        return new(-UpperBound(onlyNetwork, onlyReference, count, oneSided), UpperBound(onlyReference, onlyNetwork, count, oneSided));
    }

    /// <summary>Examples without which not even a network that is right exactly where the reference is can be shown to lose at most <paramref name="loss"/>.</summary>
    /// <param name="loss">Above 0 and below 1.</param>
    /// <param name="confidence">Above 0.5 and below 1.</param>
    public static int LeastExamples(double loss, double confidence)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(loss);
        int high = 1;
        while (UpperBound(0, 0, high, confidence) > loss)
        {
            high = checked(2 * high);
        }

        int low = high / 2;
        while (high - low > 1)
        {
            int middle = low + ((high - low) / 2);
            (low, high) = UpperBound(0, 0, middle, confidence) > loss ? (middle, high) : (low, middle);
        }

        return high;
    }

    /// <summary>Refuses what is no confidence.</summary>
    /// <exception cref="ArgumentException">It is not above 0.5 and below 1.</exception>
    internal static void RequireConfidence(double confidence)
    {
        if (confidence is not (> 0.5 and < 1))
        {
            throw new ArgumentException(FormattableString.Invariant($"A confidence is a number above 0.5 and below 1, found {confidence}."));
        }
    }

    /// <summary>The score statistic of a difference δ: standard normal where δ is the true one.</summary>
    private static double Score(int x12, int x21, int n, double delta)
    {
        double a = 2.0 * n;
        double b = -x12 - x21 + ((2.0 * n) - x12 + x21) * delta;
        double c = -x21 * delta * (1 - delta);
        double q21 = (Math.Sqrt(Math.Max(0, (b * b) - (4 * a * c))) - b) / (2 * a);
        double variance = n * ((2 * q21) + (delta * (1 - delta)));
        double difference = x12 - x21 - (n * delta);
        return variance > 0 ? difference / Math.Sqrt(variance) : difference < 0 ? double.NegativeInfinity : 0;
    }
}
