namespace Endpoints.Pruning.Tasks.Metrics;

/// <summary>F1 of the second of two labels, the positive one: 2 TP / (2 TP + FP + FN), 0 where that is 0/0. The metric of MRPC and QQP.</summary>
internal sealed class F1 : IMetric
{
    private const int Positive = 1;

    public string Name => "f1";

    public bool IsOfTwoLabels => true;

    public double Score(ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets) => LabelCounts.Of(predictions, targets).F1(Positive);
}
