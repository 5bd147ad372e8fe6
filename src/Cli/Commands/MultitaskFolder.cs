using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.Multitask;
using Endpoints.Pruning.Multitask;

namespace Endpoints.Cli.Commands;

/// <summary>What <c>multitask train</c> wrote: one network for all tasks, or with <c>--split</c> one for each, in folders of the heads' names.</summary>
internal static class MultitaskFolder
{
    /// <summary>Each network, read when it is asked for, with the tasks that it is for.</summary>
    /// <exception cref="CheckpointException">A network is missing, or lacks a task's head.</exception>
    public static IEnumerable<(MultitaskCheckpoint Checkpoint, MultitaskSet Tasks)> Networks(string model, MultitaskSet set)
    {
        bool isSplit = !File.Exists(Path.Combine(model, "config.json")) && set.Tasks.All(task => Directory.Exists(Path.Combine(model, task.Head.Name)));
        (string Folder, MultitaskSet Tasks)[] parts = isSplit ? [.. set.Tasks.Select(task => (Path.Combine(model, task.Head.Name), set.Only(task)))] : [(model, set)];
        foreach ((string folder, MultitaskSet tasks) in parts)
        {
            MultitaskCheckpoint checkpoint = MultitaskCheckpoint.Load(folder);
            HeadConfig[] heads = [.. checkpoint.Parameters.Heads.Select(head => head.Config)];
            if (tasks.Tasks.FirstOrDefault(task => !heads.Contains(task.Head)) is { } missing)
            {
                throw new CheckpointException(
                    $"{folder}: expected the head '{missing.Head.Name}' ({HeadKindName.Of(missing.Head.Kind)}) with the labels of the tasks, found {string.Join(", ", heads.Select(head => $"{head.Name} ({HeadKindName.Of(head.Kind)})"))}.");
            }

            yield return (checkpoint, tasks);
        }
    }
}
