namespace Endpoints.Serving.Invoke;

/// <summary>Turns logits into probabilities.</summary>
internal static class Scores
{
    /// <summary>Softmax, stable for logits of any size.</summary>
    /// <param name="logits">At least one.</param>
    /// <param name="scores">Receives as many probabilities.</param>
    /// <returns>Index of the largest; the first of equals.</returns>
    public static int Softmax(ReadOnlySpan<float> logits, Span<float> scores)
    {
        int best = 0;
        for (int i = 1; i < logits.Length; i++)
        {
            best = logits[i] > logits[best] ? i : best;
        }

        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp((double)logit - logits[best]);
        }

        for (int i = 0; i < logits.Length; i++)
        {
            scores[i] = (float)(Math.Exp((double)logits[i] - logits[best]) / sum);
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
