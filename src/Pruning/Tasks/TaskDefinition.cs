using System.Collections.Immutable;
using Endpoints.Bert;
using Endpoints.Pruning.Tasks.Metrics;

namespace Endpoints.Pruning.Tasks;

/// <summary>Which columns of a task's tables hold what.</summary>
/// <param name="Text">The text, the premise of a pair, or what choices continue.</param>
/// <param name="Pair">The second text; null where the task has one text, or choices.</param>
/// <param name="Label">The label or value.</param>
public sealed record TaskColumns(string Text, string? Pair, string Label)
{
    /// <value>The texts to choose from; empty where the task is no multiple choice.</value>
    public ImmutableArray<string> Choices { get; init; } = [];

    /// <value>A text that every choice begins with; null without one.</value>
    public string? Stem { get; init; }

    internal IReadOnlyCollection<string> Used => [.. new[] { Text, Pair, Label, Stem }.OfType<string>(), .. Choices];
}

/// <summary>The files of a task, relative to its folder. In place of a table there may be a folder that holds a folder of .txt files for each label.</summary>
/// <param name="Train">What is learnt from.</param>
/// <param name="Validation">What the search sees; null to cut it from <paramref name="Train"/>, 70 to 30, always in the same way.</param>
/// <param name="Test">What is looked at last.</param>
public sealed record TaskFiles(string Train, string? Validation, string Test)
{
    /// <inheritdoc/>
    public override string ToString() => Validation is null ? $"{Train} and {Test}" : $"{Train}, {Validation} and {Test}";

    internal string[] All => Validation is null ? [Train, Test] : [Train, Validation, Test];

    internal bool AreIn(string folder) => All.All(file => Path.Exists(Path.Combine(folder, file)));
}

/// <summary>Another form in which a task's data is handed around.</summary>
/// <param name="Files">Its files.</param>
/// <param name="Columns">Its columns; null where they have the names that the definition gives.</param>
public sealed record TaskLayout(TaskFiles Files, TaskColumns? Columns = null);

/// <summary>What a task is: where its examples are, what they mean and how predictions are scored.</summary>
public sealed record TaskDefinition
{
    /// <value>Its name, for example <c>rte</c>.</value>
    public required string Name { get; init; }

    /// <value>Its files.</value>
    public required TaskFiles Files { get; init; }

    /// <value>Its columns.</value>
    public required TaskColumns Columns { get; init; }

    /// <value>Other forms of the same data, taken where a folder has their files and not all of <see cref="Files"/>, in this order.</value>
    public ImmutableArray<TaskLayout> OtherLayouts { get; init; } = [];

    /// <value>What the examples are, in a few words; empty where nobody said.</value>
    public string Summary { get; init; } = "";

    /// <value>Where its files come from, for example <c>GLUE, RTE.zip</c>; empty where nobody said.</value>
    public string Origin { get; init; } = "";

    /// <value>
    /// The labels as the files write them, in the order of the model's logits or of the choices. Empty for a regression. Of two labels the second is the
    /// positive one, which F1 is of.
    /// </value>
    public ImmutableArray<string> Labels { get; init; } = [];

    /// <value>What the labels are called in answers and reports; by default as the files write them.</value>
    public ImmutableArray<string> LabelNames { get => field.IsDefault ? Labels : field; init; }

    /// <value>Column names of files that do not start with a header line; empty (the default) where they do.</value>
    public ImmutableArray<string> Header { get; init; } = [];

    /// <value>How predictions are scored. Default accuracy.</value>
    public IMetric Metric { get; init; } = MetricCatalog.Accuracy;

    /// <value>Most validation examples; more are drawn from at random, always in the same way. Default 2,048.</value>
    public int ValidationLimit { get; init; } = 2048;

    /// <value>
    /// Leave out, and count, rows that lack a field, and take empty texts as they are: for official files that are known to have some. Default false:
    /// such a row is an error.
    /// </value>
    public bool LeavesOutIncomplete { get; init; }

    /// <summary>Multiple choice where there are columns of choices, regression where there are no labels, else classification.</summary>
    public ProblemType ProblemType => !Columns.Choices.IsEmpty ? ProblemType.MultipleChoice
        : Labels.IsEmpty ? ProblemType.Regression
        : ProblemType.SingleLabelClassification;

    /// <summary>Names of a model's outputs for this task: the labels, or the one value or score of a choice.</summary>
    public ImmutableArray<string> OutputNames => ProblemType switch
    {
        ProblemType.Regression => ["value"],
        ProblemType.MultipleChoice => ["choice"],
        _ => LabelNames,
    };

    /// <summary>Name of the metric.</summary>
    public string MetricName => Metric.Name;

    /// <summary>This definition in the layout that a folder has.</summary>
    /// <exception cref="TaskException">It has none of them.</exception>
    internal TaskDefinition In(string folder)
    {
        if (Files.AreIn(folder))
        {
            return this;
        }

        if (OtherLayouts.FirstOrDefault(layout => layout.Files.AreIn(folder)) is { } found)
        {
            return this with { Files = found.Files, Columns = found.Columns ?? Columns };
        }

        string[] present = [.. OtherLayouts.Select(layout => layout.Files).Prepend(Files).SelectMany(files => files.All).Distinct().Where(file => Path.Exists(Path.Combine(folder, file)))];
        string problem = !Directory.Exists(folder) ? "does not exist" : present.Length > 0 ? $"has only {string.Join(", ", present)} of these" : "has none of these";
        throw new TaskException(
            $"The task '{Name}' has its examples in {ExpectedFiles}, and {Path.GetFullPath(folder)} {problem}: name the folder that holds them{OriginHint}.");
    }

    /// <summary>Says where to get the files, as the end of a sentence.</summary>
    internal string OriginHint => Origin.Length > 0 ? $"; 'endpoints pull task {Name}' gets them from {Origin}" : "";

    /// <summary>The files, in every layout, for people.</summary>
    public string ExpectedFiles => string.Join(", or in ", OtherLayouts.Select(layout => layout.Files).Prepend(Files));
}
