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

    /// <summary>Reads every part of a task.</summary>
    /// <exception cref="TaskException">A file is missing, broken or empty; the message says which, where and what to do.</exception>
    public static TaskData Load(TaskDefinition definition, string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new TaskException(
                $"{Path.GetFullPath(folder)} does not exist: name the folder that holds {definition.Files.Train} and {definition.Files.Test} of the task '{definition.Name}'.");
        }

        IReadOnlyList<Example> Read(string file) => ExampleReader.Read(definition, Path.Combine(folder, file));
        IReadOnlyList<Example> train = Read(definition.Files.Train);
        IReadOnlyList<Example> test = Read(definition.Files.Test);
        if (definition.Files.Validation is { } file)
        {
            return new TaskData(definition, train, Limit(Read(file), definition.ValidationLimit), test);
        }

        if (train.Count < 2)
        {
            throw new TaskException($"{Path.Combine(folder, definition.Files.Train)} has 1 example: at least 2 are expected, for part of them becomes the validation set.");
        }

        Example[] shuffled = Shuffled(train);
        int kept = Math.Max(1, (int)(TrainShare * train.Count));
        return new TaskData(definition, shuffled[..kept], [.. shuffled[kept..].Take(definition.ValidationLimit)], test);
    }

    private static IReadOnlyList<Example> Limit(IReadOnlyList<Example> examples, int limit) =>
        examples.Count <= limit ? examples : Shuffled(examples)[..limit];

    private static Example[] Shuffled(IReadOnlyList<Example> examples)
    {
        Example[] shuffled = [.. examples];
        new Random(DataSeed).Shuffle(shuffled);
        return shuffled;
    }
}
