namespace Endpoints.Bert.Cascades;

/// <summary>How sure a classifier is of a row: the difference of its two largest class probabilities, from 0 (a tie) to 1.</summary>
public static class Margin
{
    /// <summary>The margin of softmax(z / T); NaN where a logit is not finite.</summary>
    /// <param name="logits">At least two.</param>
    /// <param name="temperature">T, above 0; with two labels the order of rows by margin does not depend on it.</param>
    public static double Of(ReadOnlySpan<float> logits, double temperature = 1)
    {
        (float best, float second) = (float.NegativeInfinity, float.NegativeInfinity);
        foreach (float logit in logits)
        {
            if (!float.IsFinite(logit))
            {
                return double.NaN;
            }

            (best, second) = logit > best ? (logit, best) : (best, Math.Max(second, logit));
        }

        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp(((double)logit - best) / temperature);
        }

        return (1 - Math.Exp(((double)second - best) / temperature)) / sum;
    }
}
