using System.Collections.Concurrent;

namespace Endpoints.Pruning.Tasks;

/// <summary>Tasks by name: the built-in ones, and <c>table:FILE</c> for a task that a small JSON file describes.</summary>
/// <remarks>A built-in task adds itself from a module initializer of its own, so a new one is a new file and nothing else. Thread-safe.</remarks>
public static class TaskRegistry
{
    private const string TablePrefix = "table:";

    private static readonly ConcurrentDictionary<string, TaskDefinition> BuiltIn = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The built-in tasks, in the order of their names.</summary>
    public static IReadOnlyList<TaskDefinition> All => [.. BuiltIn.Values.OrderBy(task => task.Name, StringComparer.Ordinal)];

    /// <summary>Names of the built-in tasks.</summary>
    public static IReadOnlyList<string> Names => [.. All.Select(task => task.Name)];

    /// <summary>The task of that name, in any case.</summary>
    /// <param name="name">A built-in task's name, or <c>table:</c> and the path of a task file.</param>
    /// <exception cref="TaskException">There is no such task, or its file is wrong.</exception>
    public static TaskDefinition Find(string name) => TaskFileOf(name) is { } file
        ? TableTaskFile.Read(file)
        : BuiltIn.GetValueOrDefault(name)
        ?? throw new TaskException($"There is no task '{name}': expected {string.Join(", ", Names)} or {TablePrefix}FILE, where FILE is a task file in JSON.");

    /// <summary>Finds a task and reads its examples.</summary>
    /// <param name="name">As for <see cref="Find"/>.</param>
    /// <param name="folder">The folder of its files; may be null for <c>table:</c>, which then takes the folder of the task file.</param>
    /// <exception cref="TaskException">There is no such task, or its data cannot be used.</exception>
    public static TaskData Load(string name, string? folder)
    {
        TaskDefinition definition = Find(name);
        folder ??= TaskFileOf(name) is { } file ? Path.GetDirectoryName(Path.GetFullPath(file)) : null;
        return TaskData.Load(definition, folder ?? throw new TaskException(
            $"The task '{definition.Name}' needs a folder with {definition.ExpectedFiles}: name it{definition.OriginHint}."));
    }

    /// <summary>Adds a built-in task.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    internal static void Add(TaskDefinition definition)
    {
        if (!BuiltIn.TryAdd(definition.Name, definition))
        {
            throw new ArgumentException($"There is a task '{definition.Name}' already.", nameof(definition));
        }
    }

    private static string? TaskFileOf(string name) =>
        name.StartsWith(TablePrefix, StringComparison.OrdinalIgnoreCase) ? name[TablePrefix.Length..] : null;
}
