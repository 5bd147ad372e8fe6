using Endpoints.Bert;

namespace Endpoints.Pruning.Tasks.Metrics;

/// <summary>Pearson's correlation of predicted and right values; NaN where either is constant.</summary>
internal sealed class Pearson : IMetric
{
    public string Name => "pearson";

    public ProblemType ProblemType => ProblemType.Regression;

    public double Score(ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets)
    {
        MetricCatalog.CheckLengths(predictions, targets);
        double meanPrediction = Mean(predictions);
        double meanTarget = Mean(targets);
        double covariance = 0;
        double predictionSquares = 0;
        double targetSquares = 0;
        for (int i = 0; i < targets.Length; i++)
        {
            double prediction = predictions[i] - meanPrediction;
            double target = targets[i] - meanTarget;
            covariance += prediction * target;
            predictionSquares += prediction * prediction;
            targetSquares += target * target;
        }

        return covariance / Math.Sqrt(predictionSquares * targetSquares);
    }

    private static double Mean(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }
}
