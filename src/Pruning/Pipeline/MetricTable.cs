using Endpoints.Pruning.Batches;
using Endpoints.Pruning.Statistics;

namespace Endpoints.Pruning.Pipeline;

/// <summary>The figures of <c>endpoint.json</c>, by name: a metric, and the ends of its 95 % interval under <c>_low</c> and <c>_high</c>.</summary>
internal sealed class MetricTable
{
    public MetricTable()
    {
    }

    /// <summary>With the figures that are known already.</summary>
    public MetricTable(IReadOnlyDictionary<string, double> known)
    {
        foreach ((string name, double value) in known)
        {
            Figures[name] = value;
        }
    }

    public SortedDictionary<string, double> Figures { get; } = new(StringComparer.Ordinal);

    public MetricTable Add(string name, EvaluationResult evaluation) => Add(name, evaluation.Score, evaluation.Interval);

    /// <summary>Adds a figure; an interval that is null or undefined is left out.</summary>
    public MetricTable Add(string name, double value, ConfidenceInterval? interval = null)
    {
        Figures[name] = value;
        if (interval is { IsDefined: true } ends)
        {
            Figures[$"{name}_low"] = ends.Low;
            Figures[$"{name}_high"] = ends.High;
        }

        return this;
    }
}
