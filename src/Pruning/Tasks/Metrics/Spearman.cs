namespace Endpoints.Pruning.Tasks.Metrics;

/// <summary>Spearman's rank correlation: Pearson's of the ranks, equal values sharing their mean rank; NaN where either side is constant. The metric of STS-B.</summary>
internal sealed class Spearman : IMetric
{
    public string Name => "spearman";

    public bool IsOfValues => true;

    public double Score(ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets)
    {
        MetricCatalog.CheckLengths(predictions, targets);
        return Correlation.Of(Ranks(predictions), Ranks(targets));
    }

    /// <summary>From 0; ranks and halves of them up to 2²³ are exact in a float.</summary>
    private static float[] Ranks(ReadOnlySpan<float> values)
    {
        float[] sorted = values.ToArray();
        int[] order = [.. Enumerable.Range(0, sorted.Length)];
        Array.Sort(sorted, order);
        float[] ranks = new float[sorted.Length];
        for (int start = 0; start < sorted.Length;)
        {
            int end = start + 1;
            while (end < sorted.Length && sorted[end] == sorted[start])
            {
                end++;
            }

            for (int i = start; i < end; i++)
            {
                ranks[order[i]] = (start + end - 1) / 2f;
            }

            start = end;
        }

        return ranks;
    }
}
