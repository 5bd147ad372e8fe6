using Endpoints.Pruning.Tasks.Metrics;

namespace Endpoints.Pruning.Statistics;

/// <summary>
/// Is one network worse than another on the same examples? A paired test sees much smaller differences than two intervals do, for both networks find the same
/// examples hard.
/// </summary>
/// <remarks>
/// Accuracy: McNemar's exact test (1947), one-sided. Of the n examples that exactly one network gets right, b are the other's; were both equally good, b would be
/// binomial with n and 1/2, so p = P(X ≥ b). Any other metric: bootstrap of the difference; p is the share of resamples, the given sample counted as one of
/// them, where the network is not worse.
/// </remarks>
public static class PairedTest
{
    /// <summary>The usual level: a difference with a smaller p is called significant.</summary>
    public const double Level = 0.05;

    private const int Resamples = 1000;

    /// <summary>The probability of so large a deficit if the network were in truth no worse than the reference.</summary>
    /// <param name="metric">What is compared.</param>
    /// <param name="network">Predictions of the network.</param>
    /// <param name="reference">Predictions of the network that it is compared with.</param>
    /// <param name="targets">The right labels or values.</param>
    /// <returns>From 0 to 1; 1 where the metric is undefined on every resample.</returns>
    public static double WorseThan(IMetric metric, ReadOnlySpan<float> network, ReadOnlySpan<float> reference, ReadOnlySpan<float> targets)
    {
        if (network.Length != targets.Length || reference.Length != targets.Length)
        {
            throw new ArgumentException($"A paired test takes as many predictions as targets: {network.Length} and {reference.Length} for {targets.Length}.");
        }

        return metric.Name == MetricCatalog.Accuracy.Name ? McNemar(network, reference, targets) : Bootstrap(metric, network, reference, targets);
    }

    /// <summary>P(X ≥ <paramref name="least"/>) of a binomial X with <paramref name="count"/> and 1/2.</summary>
    internal static double UpperTail(int count, int least)
    {
        // From P(X = count) on down; logarithms, because 2^-count is 0 in double from 1,075 on.
        double logTerm = -count * Math.Log(2), tail = 0;
        for (int k = count; k >= least; k--)
        {
            tail += Math.Exp(logTerm);
            logTerm += Math.Log(k) - Math.Log(count - k + 1);
        }

        return Math.Min(1, tail);
    }

    private static double McNemar(ReadOnlySpan<float> network, ReadOnlySpan<float> reference, ReadOnlySpan<float> targets)
    {
        int onlyNetwork = 0, onlyReference = 0;
        for (int i = 0; i < targets.Length; i++)
        {
            bool isRight = network[i] == targets[i], isReferenceRight = reference[i] == targets[i];
            onlyNetwork += isRight && !isReferenceRight ? 1 : 0;
            onlyReference += isReferenceRight && !isRight ? 1 : 0;
        }

        return UpperTail(onlyNetwork + onlyReference, onlyReference);
    }

    private static double Bootstrap(IMetric metric, ReadOnlySpan<float> network, ReadOnlySpan<float> reference, ReadOnlySpan<float> targets)
    {
        var random = RandomStream.Create(0, "paired bootstrap", 0);
        float[] first = new float[targets.Length], second = new float[targets.Length], right = new float[targets.Length];
        int defined = 0, notWorse = 0;
        for (int resample = 0; resample < Resamples; resample++)
        {
            for (int i = 0; i < right.Length; i++)
            {
                int row = random.Next(right.Length);
                (first[i], second[i], right[i]) = (network[row], reference[row], targets[row]);
            }

            double difference = metric.Score(first, right) - metric.Score(second, right);
            defined += double.IsFinite(difference) ? 1 : 0;
            notWorse += difference >= 0 ? 1 : 0;
        }

        return (notWorse + 1.0) / (defined + 1);
    }
}
