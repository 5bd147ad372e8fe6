namespace Endpoints.Pruning.Tasks.Metrics;

/// <summary>
/// Matthews' correlation of labels, for any number of them: R_K = (c n - Σ tₖ pₖ) / √((n² - Σ pₖ²) (n² - Σ tₖ²)), where c of n examples are right, tₖ have
/// label k and pₖ are predicted to; 0 where the denominator is 0. From -1 (or above, with more than two labels) to 1. The metric of CoLA.
/// </summary>
internal sealed class Matthews : IMetric
{
    public string Name => "matthews";

    public double Score(ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets)
    {
        var counts = LabelCounts.Of(predictions, targets);
        double n = targets.Length;
        double products = 0, predictedSquares = 0, actualSquares = 0;
        for (int label = 0; label < counts.Actual.Length; label++)
        {
            products += (double)counts.Actual[label] * counts.Predicted[label];
            predictedSquares += (double)counts.Predicted[label] * counts.Predicted[label];
            actualSquares += (double)counts.Actual[label] * counts.Actual[label];
        }

        double denominator = Math.Sqrt((n * n) - predictedSquares) * Math.Sqrt((n * n) - actualSquares);
        return denominator == 0 ? 0 : ((counts.Right.Sum() * n) - products) / denominator;
    }
}
