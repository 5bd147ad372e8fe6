using Endpoints.Cli.Progress;
using Endpoints.Hub;
using Endpoints.Hub.Transfer;
using Microsoft.Win32.SafeHandles;

namespace Endpoints.Cli.Pull;

/// <summary>A checkpoint from the hub into its cache, and from there into a folder where one is asked for.</summary>
internal static class ModelPull
{
    /// <returns>A line that says where it is.</returns>
    public static async Task<string> RunAsync(HubClient client, RepositoryId id, string revision, string? output, ITransferProgress progress, CancellationToken cancellationToken)
    {
        RepositorySnapshot repository = await client.OpenAsync(id, revision, progress, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<string> files = CheckpointFiles.Choose(repository);
        string folder = await client.FetchAsync(repository, files, progress, cancellationToken).ConfigureAwait(false);
        if (output is not null)
        {
            Copy(folder, files, output);
        }

        long bytes = files.Sum(file => Length(Path.Combine(folder, file)));
        string where = output ?? folder;
        string use = output is null ? $"--model {id} finds it there" : $"--model {output} reads it";
        return $"{id} at {repository.Commit[..12]}: {files.Count} files, {TransferLine.Size(bytes)}, in {where}; {use}.";
    }

    /// <summary>Real files, not links into the cache: the folder outlives it. The weights come last, so that a killed copy has none.</summary>
    private static void Copy(string folder, IReadOnlyList<string> files, string output)
    {
        Directory.CreateDirectory(output);
        foreach (string file in files)
        {
            string target = Path.Combine(output, file);
            string made = $"{target}.{Path.GetRandomFileName()}";
            try
            {
                File.Copy(Path.Combine(folder, file), made);
                File.Move(made, target, overwrite: true);
            }
            finally
            {
                File.Delete(made);
            }
        }
    }

    /// <summary>Of the file, not of the link to it.</summary>
    private static long Length(string path)
    {
        using SafeFileHandle file = File.OpenHandle(path);
        return RandomAccess.GetLength(file);
    }
}
