namespace Endpoints.Pruning.Tasks.Metrics;

/// <summary>Pearson's correlation of predicted and right values; NaN where either is constant.</summary>
internal sealed class Pearson : IMetric
{
    public string Name => "pearson";

    public bool IsOfValues => true;

    public double Score(ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets)
    {
        MetricCatalog.CheckLengths(predictions, targets);
        return Correlation.Of(predictions, targets);
    }
}
