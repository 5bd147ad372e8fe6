using Endpoints.Pruning.Batches;
using Endpoints.Pruning.Tasks.Metrics;

namespace Endpoints.Pruning.Statistics;

/// <summary>95 % confidence intervals of metrics over a fixed set of examples, which are taken as drawn independently from what the task is really about.</summary>
/// <remarks>Accuracy: Wilson's score interval (1927). Any other metric: the percentile bootstrap over examples (Efron 1979), seeded, so that the same predictions give the same interval.</remarks>
public static class Intervals
{
    private const int Resamples = 1000;

    /// <summary>The 97.5 % point of the normal distribution.</summary>
    private const double Z = 1.959963984540054;

    /// <summary>The interval of a metric.</summary>
    /// <param name="metric">Which.</param>
    /// <param name="predictions">Predicted label or value of each example.</param>
    /// <param name="targets">The right ones.</param>
    public static ConfidenceInterval Of(IMetric metric, ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets)
    {
        if (metric.Name != MetricCatalog.Accuracy.Name)
        {
            return Bootstrap(metric.Score, predictions, targets);
        }

        int right = 0;
        for (int i = 0; i < targets.Length; i++)
        {
            right += predictions[i] == targets[i] ? 1 : 0;
        }

        return Wilson(right, targets.Length);
    }

    /// <summary>Wilson's score interval of a share: holds its level also near 0 and 1 and for few examples, where the normal one does not.</summary>
    /// <param name="successes">How many of them.</param>
    /// <param name="count">Of how many, at least 1.</param>
    public static ConfidenceInterval Wilson(int successes, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        double share = (double)successes / count;
        double scale = 1 + (Z * Z / count);
        double middle = (share + (Z * Z / (2.0 * count))) / scale;
        double half = Z / scale * Math.Sqrt((share * (1 - share) / count) + (Z * Z / (4.0 * count * count)));
        return new ConfidenceInterval(Math.Max(0, middle - half), Math.Min(1, middle + half));
    }

    /// <summary>The 2.5 % and 97.5 % quantiles of the metric over sets of examples drawn anew with replacement.</summary>
    /// <param name="score">The metric; resamples where it is undefined are left out.</param>
    /// <param name="predictions">Predicted label or value of each example.</param>
    /// <param name="targets">The right ones.</param>
    public static ConfidenceInterval Bootstrap(ScoreFunction score, ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets)
    {
        var random = RandomStream.Create(0, "bootstrap", 0);
        float[] drawnPredictions = new float[targets.Length], drawnTargets = new float[targets.Length];
        var scores = new List<double>(Resamples);
        for (int resample = 0; resample < Resamples; resample++)
        {
            for (int i = 0; i < drawnTargets.Length; i++)
            {
                int row = random.Next(drawnTargets.Length);
                (drawnPredictions[i], drawnTargets[i]) = (predictions[row], targets[row]);
            }

            double value = score(drawnPredictions, drawnTargets);
            if (double.IsFinite(value))
            {
                scores.Add(value);
            }
        }

        scores.Sort();
        return scores.Count == 0
            ? new ConfidenceInterval(double.NaN, double.NaN)
            : new ConfidenceInterval(Quantile(scores, 0.025), Quantile(scores, 0.975));
    }

    /// <summary>Linear between the two nearest.</summary>
    private static double Quantile(List<double> sorted, double share)
    {
        double position = share * (sorted.Count - 1);
        int below = (int)position;
        int above = Math.Min(below + 1, sorted.Count - 1);
        return sorted[below] + ((position - below) * (sorted[above] - sorted[below]));
    }
}
