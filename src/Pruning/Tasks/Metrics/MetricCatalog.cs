namespace Endpoints.Pruning.Tasks.Metrics;

/// <summary>Every metric, by name.</summary>
public static class MetricCatalog
{
    private static readonly IMetric[] All = [new Accuracy(), new F1(), new MacroF1(), new Matthews(), new Pearson(), new Spearman()];

    /// <summary>Share of examples whose label is predicted.</summary>
    public static IMetric Accuracy => Find("accuracy");

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names => [.. All.Select(metric => metric.Name)];

    /// <summary>The metric of that name, in any case.</summary>
    /// <exception cref="TaskException">There is none; the message lists those that there are.</exception>
    public static IMetric Find(string name) =>
        Array.Find(All, metric => metric.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new TaskException($"There is no metric '{name}': expected {string.Join(", ", Names)}.");

    internal static void CheckLengths(ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets)
    {
        if (targets.IsEmpty || predictions.Length != targets.Length)
        {
            throw new ArgumentException($"A metric takes one prediction for each of at least one target: {predictions.Length} predictions, {targets.Length} targets.");
        }
    }
}
