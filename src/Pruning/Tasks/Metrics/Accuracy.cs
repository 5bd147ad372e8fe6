namespace Endpoints.Pruning.Tasks.Metrics;

/// <summary>Share of examples whose label is predicted.</summary>
internal sealed class Accuracy : IMetric
{
    public string Name => "accuracy";

    public double Score(ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets)
    {
        MetricCatalog.CheckLengths(predictions, targets);
        int right = 0;
        for (int i = 0; i < targets.Length; i++)
        {
            right += predictions[i] == targets[i] ? 1 : 0;
        }

        return (double)right / targets.Length;
    }
}
