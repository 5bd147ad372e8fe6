using System.Text.Json;
using Endpoints.Pruning.SearchSpaces;

namespace Endpoints.Pruning.Runs.Storage.Folders;

/// <summary>A claim as the folder keeps it.</summary>
/// <param name="Id">Number of the trial.</param>
/// <param name="Point">What to evaluate.</param>
/// <param name="Worker">Who evaluates it; null when it was given back.</param>
internal sealed record FolderClaim(int Id, SearchPoint Point, string? Worker);

/// <summary>
/// The trials in evaluation, in <c>claims.json</c>. Read and written only under the run's lock, always whole. It is not forced to the disk: a power
/// failure ends every worker that it is about, and what it takes away is asked for again.
/// </summary>
internal sealed class ClaimFile(string folder)
{
    private readonly string _path = Path.Combine(folder, "claims.json");

    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public FolderClaim[] Read()
    {
        if (!File.Exists(_path))
        {
            return [];
        }

        byte[] bytes = File.ReadAllBytes(_path);
        try
        {
            return bytes.Length == 0 ? [] : JsonSerializer.Deserialize(bytes, RunJson.Default.FolderClaimArray) ?? [];
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException(
                $"{_path} cannot be read ({exception.Message.TrimEnd('.')}). It lists only trials in evaluation: end all workers of this folder and delete it.", exception);
        }
    }

    public void Write(FolderClaim[] claims) => RunFolder.Replace(_path, JsonSerializer.SerializeToUtf8Bytes(claims, RunJson.Default.FolderClaimArray));
}
