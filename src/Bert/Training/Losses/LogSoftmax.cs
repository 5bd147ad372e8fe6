namespace Endpoints.Bert.Training.Losses;

/// <summary>log softmax(z / T) of one row, in double: the largest logit is taken out first, so that ±100 neither overflow nor lose the loss.</summary>
internal static class LogSoftmax
{
    public static void Compute(ReadOnlySpan<float> logits, double temperature, Span<double> result)
    {
        double largest = double.NegativeInfinity;
        foreach (float logit in logits)
        {
            // Math.Max, unlike a comparison, keeps a NaN.
            largest = Math.Max(largest, logit / temperature);
        }

        double sum = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            result[i] = (logits[i] / temperature) - largest;
            sum += Math.Exp(result[i]);
        }

        double logSum = Math.Log(sum);
        for (int i = 0; i < logits.Length; i++)
        {
            result[i] -= logSum;
        }
    }
}
