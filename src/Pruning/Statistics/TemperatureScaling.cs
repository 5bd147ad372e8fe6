using Endpoints.Pruning.Batches;

namespace Endpoints.Pruning.Statistics;

/// <summary>How well scores tell how often a classifier is right, before and after its logits are divided by a temperature.</summary>
/// <param name="Temperature">T: scores are softmax(z / T), labels stay what they are. Above 1 where the classifier was too sure of itself.</param>
/// <param name="Before">With T = 1.</param>
/// <param name="After">With this T.</param>
public sealed record Calibration(double Temperature, CalibrationFigures Before, CalibrationFigures After);

/// <summary>Two figures of how far scores can be trusted.</summary>
/// <param name="NegativeLogLikelihood">Mean of -log of the right label's score, in nats.</param>
/// <param name="ExpectedCalibrationError">
/// Examples are put into 15 bins of equal width by the score of their predicted label; the mean over examples of |share right - mean score| of their bin.
/// </param>
public readonly record struct CalibrationFigures(double NegativeLogLikelihood, double ExpectedCalibrationError);

/// <summary>Temperature scaling (Guo et al. 2017): one number, fitted on validation logits, that makes scores honest and changes no label.</summary>
public static class TemperatureScaling
{
    /// <summary>Beyond these the scores are all alike, or all 0 and 1: a fit that wants more has separable or random logits.</summary>
    private const double Least = 0.05, Most = 20;

    private const int Bins = 15;

    /// <summary>The temperature with the least negative log-likelihood, from 0.05 to 20.</summary>
    /// <remarks>
    /// In β = 1/T the mean of -log softmax(β z)[y] is convex with the derivative mean(Σ p z - z[y]), whose zero bisection finds to the last bits.
    /// </remarks>
    /// <param name="logits">(examples × <paramref name="labelCount"/>), row by row.</param>
    /// <param name="labels">The right label of each example.</param>
    /// <param name="labelCount">At least 2.</param>
    public static Calibration Fit(ReadOnlySpan<float> logits, ReadOnlySpan<float> labels, int labelCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(labelCount, 2);
        if (labels.IsEmpty || logits.Length != labels.Length * labelCount)
        {
            throw new ArgumentException($"{labels.Length} labels of {labelCount} take {labels.Length * labelCount} logits, there are {logits.Length}.");
        }

        double low = 1 / Most, high = 1 / Least;
        while (high - low > 1e-12 * high)
        {
            double middle = (low + high) / 2;
            (low, high) = Slope(logits, labels, labelCount, middle) < 0 ? (middle, high) : (low, middle);
        }

        double temperature = Math.Clamp(2 / (low + high), Least, Most);
        return new Calibration(temperature, Measure(logits, labels, labelCount, 1), Measure(logits, labels, labelCount, temperature));
    }

    /// <summary>The figures at a temperature.</summary>
    /// <param name="logits">(examples × <paramref name="labelCount"/>), row by row.</param>
    /// <param name="labels">The right label of each example.</param>
    /// <param name="labelCount">At least 2.</param>
    /// <param name="temperature">T, above 0.</param>
    public static CalibrationFigures Measure(ReadOnlySpan<float> logits, ReadOnlySpan<float> labels, int labelCount, double temperature)
    {
        float[] predictions = Evaluator.Predictions(logits.ToArray(), labelCount);
        double[] confidence = new double[Bins], right = new double[Bins];
        double[] scores = new double[labelCount];
        double likelihood = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            double logSum = Softmax(logits.Slice(row * labelCount, labelCount), 1 / temperature, scores);
            double score = scores[(int)predictions[row]];
            int bin = Math.Min((int)(score * Bins), Bins - 1);
            confidence[bin] += score;
            right[bin] += predictions[row] == labels[row] ? 1 : 0;
            likelihood += logSum - (logits[(row * labelCount) + (int)labels[row]] / temperature);
        }

        return new CalibrationFigures(
            likelihood / labels.Length, confidence.Zip(right).Sum(bin => Math.Abs(bin.First - bin.Second)) / labels.Length);
    }

    private static double Slope(ReadOnlySpan<float> logits, ReadOnlySpan<float> labels, int labelCount, double inverse)
    {
        double[] scores = new double[labelCount];
        double slope = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            ReadOnlySpan<float> z = logits.Slice(row * labelCount, labelCount);
            Softmax(z, inverse, scores);
            for (int i = 0; i < labelCount; i++)
            {
                slope += scores[i] * z[i];
            }

            slope -= z[(int)labels[row]];
        }

        return slope;
    }

    /// <summary>softmax(β z); returns log Σ exp(β z).</summary>
    private static double Softmax(ReadOnlySpan<float> logits, double inverse, Span<double> scores)
    {
        double largest = double.NegativeInfinity;
        foreach (float logit in logits)
        {
            largest = Math.Max(largest, logit * inverse);
        }

        double sum = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            scores[i] = Math.Exp((logits[i] * inverse) - largest);
            sum += scores[i];
        }

        for (int i = 0; i < logits.Length; i++)
        {
            scores[i] /= sum;
        }

        return largest + Math.Log(sum);
    }
}
