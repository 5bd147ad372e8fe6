namespace Endpoints.Pruning.Tasks;

/// <summary>A task's examples. Each part has at least one.</summary>
/// <param name="Definition">The task.</param>
/// <param name="Train">What is learnt from.</param>
/// <param name="Validation">What the search sees.</param>
/// <param name="Test">What is looked at last.</param>
public sealed record TaskData(TaskDefinition Definition, IReadOnlyList<Example> Train, IReadOnlyList<Example> Validation, IReadOnlyList<Example> Test)
{
    /// <summary>Fixes which training examples become validation examples, for every run alike.</summary>
    private const int DataSeed = 42;

    private const double TrainShare = 0.7;

    /// <value>Rows that lacked fields and were left out, where the definition says so.</value>
    public int LeftOut { get; init; }

    /// <summary>Reads every part of a task.</summary>
    /// <exception cref="TaskException">A file is missing, broken or empty; the message says which, where and what to do.</exception>
    public static TaskData Load(TaskDefinition definition, string folder)
    {
        definition = definition.In(folder);
        int leftOut = 0;
        IReadOnlyList<Example> Read(string file)
        {
            TaskPart part = ExampleReader.Read(definition, Path.Combine(folder, file));
            leftOut += part.LeftOut;
            return part.Examples;
        }

        IReadOnlyList<Example> train = Read(definition.Files.Train);
        IReadOnlyList<Example> test = Read(definition.Files.Test);
        if (definition.Files.Validation is { } file)
        {
            return new TaskData(definition, train, Limit(Read(file), definition.ValidationLimit), test) { LeftOut = leftOut };
        }

        if (train.Count < 2)
        {
            throw new TaskException($"{Path.Combine(folder, definition.Files.Train)} has 1 example: at least 2 are expected, for part of them becomes the validation set.");
        }

        Example[] shuffled = Shuffled(train);
        int kept = Math.Max(1, (int)(TrainShare * train.Count));
        return new TaskData(definition, shuffled[..kept], [.. shuffled[kept..].Take(definition.ValidationLimit)], test) { LeftOut = leftOut };
    }

    /// <summary>Reads a file of a task's examples that is none of its parts.</summary>
    /// <param name="definition">The task, as <see cref="Definition"/> has it: in the layout that its folder was found in.</param>
    /// <param name="path">A file as those of the task's parts are.</param>
    /// <exception cref="TaskException">The file is missing, broken or empty.</exception>
    public static IReadOnlyList<Example> ReadPart(TaskDefinition definition, string path) => ExampleReader.Read(definition, path).Examples;

    private static IReadOnlyList<Example> Limit(IReadOnlyList<Example> examples, int limit) =>
        examples.Count <= limit ? examples : Shuffled(examples)[..limit];

    private static Example[] Shuffled(IReadOnlyList<Example> examples)
    {
        Example[] shuffled = [.. examples];
        new Random(DataSeed).Shuffle(shuffled);
        return shuffled;
    }
}
