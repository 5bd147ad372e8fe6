namespace Endpoints.Pruning.Tasks.Metrics;

/// <summary>How often each label is predicted, is right, and both.</summary>
/// <param name="Predicted">Examples that are predicted to have the label.</param>
/// <param name="Actual">Examples that have it.</param>
/// <param name="Right">Examples of which both hold.</param>
internal readonly record struct LabelCounts(int[] Predicted, int[] Actual, int[] Right)
{
    /// <summary>Counts; every array has an entry for each label up to the largest that occurs.</summary>
    public static LabelCounts Of(ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets)
    {
        MetricCatalog.CheckLengths(predictions, targets);
        int labels = 0;
        for (int i = 0; i < targets.Length; i++)
        {
            labels = Math.Max(labels, 1 + Math.Max((int)predictions[i], (int)targets[i]));
        }

        var counts = new LabelCounts(new int[labels], new int[labels], new int[labels]);
        for (int i = 0; i < targets.Length; i++)
        {
            (int predicted, int actual) = ((int)predictions[i], (int)targets[i]);
            counts.Predicted[predicted]++;
            counts.Actual[actual]++;
            counts.Right[actual] += predicted == actual ? 1 : 0;
        }

        return counts;
    }

    /// <summary>F1 of one label: 2 TP / (2 TP + FP + FN); 0 where the label neither occurs nor is predicted.</summary>
    public double F1(int label)
    {
        if (label >= Actual.Length || Actual[label] + Predicted[label] == 0)
        {
            return 0;
        }

        return 2.0 * Right[label] / (Actual[label] + Predicted[label]);
    }
}
