using System.Collections.Immutable;
using Endpoints.Bert;
using Endpoints.Pruning.Tasks.Metrics;

namespace Endpoints.Pruning.Tasks;

/// <summary>Which columns of a task's tables hold what.</summary>
/// <param name="Text">The text, or the premise of a pair.</param>
/// <param name="Pair">The second text; null where the task has one text.</param>
/// <param name="Label">The label or value.</param>
public sealed record TaskColumns(string Text, string? Pair, string Label);

/// <summary>The files of a task, relative to its folder.</summary>
/// <param name="Train">What is learnt from.</param>
/// <param name="Validation">What the search sees; null to cut it from <paramref name="Train"/>, 70 to 30, always in the same way.</param>
/// <param name="Test">What is looked at last.</param>
public sealed record TaskFiles(string Train, string? Validation, string Test);

/// <summary>What a task is: where its examples are, what they mean and how predictions are scored.</summary>
public sealed record TaskDefinition
{
    /// <value>Its name, for example <c>rte</c>.</value>
    public required string Name { get; init; }

    /// <value>Its files.</value>
    public required TaskFiles Files { get; init; }

    /// <value>Its columns.</value>
    public required TaskColumns Columns { get; init; }

    /// <value>The labels as the files write them, in the order of the model's logits. Empty for a regression.</value>
    public ImmutableArray<string> Labels { get; init; } = [];

    /// <value>What the labels are called in answers and reports; by default as the files write them.</value>
    public ImmutableArray<string> LabelNames { get => field.IsDefault ? Labels : field; init; }

    /// <value>Column names of files that do not start with a header line; empty (the default) where they do.</value>
    public ImmutableArray<string> Header { get; init; } = [];

    /// <value>How predictions are scored. Default accuracy.</value>
    public IMetric Metric { get; init; } = MetricCatalog.Accuracy;

    /// <value>Most validation examples; more are drawn from at random, always in the same way. Default 2,048.</value>
    public int ValidationLimit { get; init; } = 2048;

    /// <summary>Classification, or regression where there are no labels.</summary>
    public ProblemType ProblemType => Labels.IsEmpty ? ProblemType.Regression : ProblemType.SingleLabelClassification;

    /// <summary>Name of the metric.</summary>
    public string MetricName => Metric.Name;
}
