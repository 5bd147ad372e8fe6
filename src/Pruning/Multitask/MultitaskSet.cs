using System.Collections.Immutable;
using Endpoints.Bert;
using Endpoints.Bert.Multitask;
using Endpoints.Pruning.Tasks;
using Endpoints.Pruning.Tasks.Metrics;

namespace Endpoints.Pruning.Multitask;

/// <summary>One task of a multitask set: a table of examples, and the head that learns them.</summary>
public sealed record MultitaskTask
{
    /// <summary>Checks that head and table go together.</summary>
    /// <exception cref="TaskException">A siamese head over single texts, labels where values are expected, or choices; the message says what to do.</exception>
    public MultitaskTask(HeadConfig head, TaskDefinition definition, string folder)
    {
        if (definition.ProblemType == ProblemType.MultipleChoice)
        {
            throw new TaskException(
                $"The head '{head.Name}' ({HeadKindName.Of(head.Kind)}) is for labels or values, its table '{definition.Name}' has texts to choose from: take another table, or train a classifier on this one alone.");
        }

        if (head.SequencesPerExample == 2 && definition.Columns.Pair is null)
        {
            throw new TaskException($"The head '{head.Name}' is {HeadKindName.Of(head.Kind)}, which takes two texts, and its table '{definition.Name}' has one: name the column of the second, or choose classification.");
        }

        if (head.ProblemType != definition.ProblemType || head.Labels.Length != definition.Labels.Length)
        {
            throw new TaskException(
                $"The head '{head.Name}' ({HeadKindName.Of(head.Kind)}) is for {Describe(head.ProblemType, head.Labels.Length)}, its table '{definition.Name}' has {Describe(definition.ProblemType, definition.Labels.Length)}.");
        }

        (Head, Definition, Folder) = (head, definition, folder);
    }

    /// <summary>What learns it.</summary>
    public HeadConfig Head { get; }

    /// <summary>Files, columns, labels and the metric that counts.</summary>
    public TaskDefinition Definition { get; }

    /// <summary>Folder of its files, relative to that of the set's data.</summary>
    public string Folder { get; }

    /// <value>Metrics that are measured besides. Default none.</value>
    public ImmutableArray<IMetric> FurtherMetrics { get; init; } = [];

    /// <value>Examples of it in a step; null (default) takes the run's.</value>
    public int? BatchSize { get; init; }

    private static string Describe(ProblemType type, int labels) => type == ProblemType.Regression ? "values" : $"{labels} labels";
}

/// <summary>The tasks that one network learns together, or as many networks one each.</summary>
/// <param name="Name">Its name in reports.</param>
/// <param name="Tasks">The tasks; no two heads have one name.</param>
/// <param name="EpochTask">Name of the head whose examples an epoch goes once over; the others begin anew where they end sooner, and go on in the next epoch where they do not.</param>
public sealed record MultitaskSet(string Name, ImmutableArray<MultitaskTask> Tasks, string EpochTask)
{
    /// <summary>A set of one of the tasks.</summary>
    public MultitaskSet Only(MultitaskTask task) => this with { Tasks = [task], EpochTask = task.Head.Name };

    /// <summary>Reads a set's file; without one, the report's three tasks.</summary>
    /// <exception cref="TaskException">The file is missing or wrong; the message says where and what is expected.</exception>
    public static MultitaskSet Find(string? file) => file is null ? ReportSet.Create() : MultitaskSetFile.Read(file);
}
