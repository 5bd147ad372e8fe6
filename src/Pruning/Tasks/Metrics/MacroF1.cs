namespace Endpoints.Pruning.Tasks.Metrics;

/// <summary>Mean of the F1 of every label that occurs or is predicted, each weighing the same.</summary>
internal sealed class MacroF1 : IMetric
{
    public string Name => "f1_macro";

    public double Score(ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets)
    {
        var counts = LabelCounts.Of(predictions, targets);
        return Enumerable.Range(0, counts.Actual.Length).Where(label => counts.Actual[label] + counts.Predicted[label] > 0).Average(counts.F1);
    }
}
