namespace Endpoints.Serving.Invoke;

/// <summary>Turns logits into probabilities.</summary>
internal static class Scores
{
    /// <summary>softmax(z / T), stable for logits of any size.</summary>
    /// <param name="logits">At least one.</param>
    /// <param name="scores">Receives as many probabilities.</param>
    /// <param name="temperature">T, above 0; the order of the labels does not depend on it.</param>
    /// <returns>Index of the largest; the first of equals.</returns>
    public static int Softmax(ReadOnlySpan<float> logits, Span<float> scores, double temperature = 1)
    {
        int best = 0;
        for (int i = 1; i < logits.Length; i++)
        {
            best = logits[i] > logits[best] ? i : best;
        }

        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp(((double)logit - logits[best]) / temperature);
        }

        for (int i = 0; i < logits.Length; i++)
        {
            scores[i] = (float)(Math.Exp(((double)logits[i] - logits[best]) / temperature) / sum);
        }

        return best;
    }

    public static bool AreFinite(ReadOnlySpan<float> logits)
    {
        foreach (float logit in logits)
        {
            if (!float.IsFinite(logit))
            {
                return false;
            }
        }

        return true;
    }
}
