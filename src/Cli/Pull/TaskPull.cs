using Endpoints.Hub;
using Endpoints.Hub.Archives;
using Endpoints.Hub.Transfer;

namespace Endpoints.Cli.Pull;

/// <summary>A task's data into a folder, which appears whole or not at all. What was downloaded waits in a hidden folder beside it until then.</summary>
internal static class TaskPull
{
    /// <param name="client">Downloads.</param>
    /// <param name="source">The task.</param>
    /// <param name="output">The folder to make.</param>
    /// <param name="mirror">Where to take the files from instead, under their own names; they must be the same. Null for the publisher.</param>
    /// <param name="progress">Hears how far it is.</param>
    /// <param name="time">Measures waits for another process.</param>
    /// <param name="cancellationToken">Stops it; what was downloaded is kept.</param>
    /// <returns>A line that says what is there.</returns>
    public static async Task<string> RunAsync(
        HubClient client, TaskSource source, string output, Uri? mirror, ITransferProgress progress, TimeProvider time, CancellationToken cancellationToken)
    {
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(output));
        if (IsThere(source, target))
        {
            return $"{output} has the files of {source.Name} already.";
        }

        string work = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.pull");
        using (await FileLock.TakeAsync(Path.Combine(work, "lock"), source.Name, time, progress, cancellationToken).ConfigureAwait(false))
        {
            if (!IsThere(source, target))
            {
                await MakeAsync(client, source, work, target, mirror, progress, cancellationToken).ConfigureAwait(false);
            }
        }

        if (Directory.Exists(work))
        {
            Directory.Delete(work, recursive: true);
        }

        return $"Wrote {string.Join(", ", source.Results)} to {output}. Publisher: {source.Publisher}; its terms are in docs/pull.md.";
    }

    private static async Task MakeAsync(HubClient client, TaskSource source, string work, string target, Uri? mirror, ITransferProgress progress, CancellationToken cancellationToken)
    {
        foreach (RemoteFile file in source.Files)
        {
            Uri address = mirror is null ? file.Address : new Uri($"{mirror.AbsoluteUri.TrimEnd('/')}/{file.Name}");
            await client.DownloadAsync(address, Path.Combine(work, file.Name), file.Size, file.Sha256, progress, cancellationToken).ConfigureAwait(false);
        }

        string unpacked = Emptied(Path.Combine(work, "unpacked"));
        string made = Emptied(Path.Combine(work, "made"));
        bool isArchive = source.Files[0].IsArchive;
        if (isArchive)
        {
            await ArchiveFile.ExtractAsync(Path.Combine(work, source.Files[0].Name), unpacked, limits: null, cancellationToken).ConfigureAwait(false);
        }

        source.Arrange(isArchive ? unpacked : work, made);
        if (source.Results.FirstOrDefault(result => !Path.Exists(Path.Combine(made, result))) is { } missing)
        {
            throw new HubException($"What was downloaded for {source.Name} has no {missing}: expected {string.Join(", ", source.Results)}.");
        }

        Directory.Move(made, Emptied(target));
    }

    /// <summary>True when there is nothing to do.</summary>
    /// <exception cref="HubException">The folder holds something else.</exception>
    private static bool IsThere(TaskSource source, string target)
    {
        if (!Directory.Exists(target) || !Directory.EnumerateFileSystemEntries(target).Any())
        {
            return false;
        }

        return source.Results.FirstOrDefault(result => !Path.Exists(Path.Combine(target, result))) is not { } missing
            ? true
            : throw new HubException($"{target} exists and has no {missing}: name a new folder with --out, or remove this one.");
    }

    /// <summary>A path that is free: what a killed pull left there is removed. The task's own folder is never removed with something in it.</summary>
    private static string Emptied(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: Path.GetFileName(folder) is "unpacked" or "made");
        }

        return folder;
    }
}
