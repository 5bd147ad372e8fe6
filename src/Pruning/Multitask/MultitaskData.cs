using System.Collections.Immutable;
using Endpoints.Bert.Tokenization;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Pruning.Multitask;

/// <summary>The parts of one task, encoded.</summary>
/// <param name="Task">The task.</param>
/// <param name="Train">What is learnt from.</param>
/// <param name="Validation">What epochs, and pruning, are judged by (dev).</param>
/// <param name="Test">What is looked at last.</param>
public sealed record MultitaskTaskData(MultitaskTask Task, HeadExamples Train, HeadExamples Validation, HeadExamples Test);

/// <summary>Every task's examples, encoded.</summary>
/// <param name="Set">The tasks.</param>
/// <param name="Tasks">Their data, in the same order.</param>
public sealed record MultitaskData(MultitaskSet Set, ImmutableArray<MultitaskTaskData> Tasks)
{
    /// <summary>Reads and encodes every table.</summary>
    /// <param name="set">The tasks.</param>
    /// <param name="folder">Holds the tasks' own folders.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="maxLength">Longest text in tokens; longer ones are cut.</param>
    /// <exception cref="TaskException">A file is missing or broken; the message says which, where and what to do.</exception>
    public static MultitaskData Load(MultitaskSet set, string folder, ITokenizer tokenizer, int maxLength) => new(set, [.. set.Tasks.Select(task =>
    {
        TaskData data = TaskData.Load(task.Definition, Path.Combine(folder, task.Folder));
        HeadExamples Encode(IReadOnlyList<Example> examples) => HeadExamples.Encode(task, examples, tokenizer, maxLength);
        return new MultitaskTaskData(task, Encode(data.Train), Encode(data.Validation), Encode(data.Test));
    })]);

    /// <summary>One of the tasks alone.</summary>
    public MultitaskData Only(MultitaskTaskData task) => new(Set.Only(task.Task), [task]);
}
