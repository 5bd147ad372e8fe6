namespace Endpoints.Pruning.Multitask;

/// <summary>How good a multitask network, or one network a task, is on one part of every task.</summary>
/// <param name="Heads">One score a task, in the set's order.</param>
public sealed record MultitaskScores(IReadOnlyList<HeadScore> Heads)
{
    /// <summary>The mean of the metrics that count, as the report has it; NaN where one is undefined.</summary>
    public double Overall => Heads.Average(head => head.Score);

    /// <summary>The metrics by name for <c>endpoint.json</c>: <c>sentiment_accuracy</c>, .., and <c>overall</c>.</summary>
    internal IEnumerable<KeyValuePair<string, double>> Named(string prefix) =>
        Heads.SelectMany(head => head.Further.Append(new(head.Metric, head.Score)).Select(metric => new KeyValuePair<string, double>($"{prefix}{head.Head}_{metric.Key}", metric.Value)))
            .Append(new($"{prefix}overall", Overall));
}
