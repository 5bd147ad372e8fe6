using System.Text.RegularExpressions;

namespace Endpoints.Hub.Cache;

/// <summary>
/// The hub's own cache layout, so that a file which Hugging Face's client downloaded is found here and one downloaded here is found there:
/// <c>models--OWNER--NAME/{blobs/ETAG, refs/REVISION, snapshots/COMMIT/FILE → ../../blobs/ETAG}</c>, locks in <c>.locks/models--OWNER--NAME/ETAG.lock</c>.
/// </summary>
internal sealed partial class HubCache(string folder)
{
    /// <summary>A repository's files as they were at a commit.</summary>
    public string SnapshotFolder(RepositoryId id, string commit) => Path.Combine(folder, id.FolderName, "snapshots", commit);

    public string BlobPath(RepositoryId id, string entityTag) => Path.Combine(folder, id.FolderName, "blobs", entityTag);

    public string LockPath(RepositoryId id, string entityTag) => Path.Combine(folder, ".locks", id.FolderName, $"{entityTag}.lock");

    /// <summary>What a revision was when it was last asked for; null where the cache has nothing of it.</summary>
    public RepositorySnapshot? Find(RepositoryId id, string revision)
    {
        string reference = ReferencePath(id, revision);
        string? commit = File.Exists(reference) ? File.ReadAllText(reference).Trim() : revision;
        if (!IsCommit(commit) || SnapshotFolder(id, commit) is not { } snapshot || !Directory.Exists(snapshot))
        {
            return null;
        }

        IEnumerable<string> files = Directory.EnumerateFiles(snapshot, "*", SearchOption.AllDirectories).Where(Holds);
        return new RepositorySnapshot(id, revision, commit, snapshot, [.. files.Select(file => Path.GetRelativePath(snapshot, file).Replace('\\', '/')).Order(StringComparer.Ordinal)], IsFromCache: true);
    }

    /// <summary>True when a snapshot's file is there. A link exists for <see cref="File.Exists(string)"/> even when the blob behind it was removed.</summary>
    public static bool Holds(string pointer) => new FileInfo(pointer) is { Exists: true } file && file.ResolveLinkTarget(returnFinalTarget: true)?.Exists != false;

    /// <summary>Remembers what a branch or tag is now.</summary>
    public void Remember(RepositorySnapshot snapshot)
    {
        if (snapshot.Revision == snapshot.Commit)
        {
            return;
        }

        string reference = ReferencePath(snapshot.Id, snapshot.Revision);
        Directory.CreateDirectory(Path.GetDirectoryName(reference)!);
        string written = $"{reference}.{Path.GetRandomFileName()}";
        File.WriteAllText(written, snapshot.Commit);
        File.Move(written, reference, overwrite: true);
    }

    /// <summary>Places a blob in a snapshot: by a relative link, by a copy where the file system has no links.</summary>
    public static void Link(string blob, string pointer)
    {
        string place = Path.GetDirectoryName(pointer)!;
        Directory.CreateDirectory(place);
        string made = $"{pointer}.{Path.GetRandomFileName()}";
        try
        {
            File.CreateSymbolicLink(made, Path.GetRelativePath(place, blob));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            File.Copy(blob, made);
        }

        File.Move(made, pointer, overwrite: true);
    }

    public static bool IsCommit(string text) => Commit().IsMatch(text);

    /// <summary>A tag becomes a file's name.</summary>
    public static bool IsFileName(string entityTag) => FileName().IsMatch(entityTag);

    /// <summary>A revision becomes a path below <c>refs</c>: <c>refs/pr/1</c> is one.</summary>
    public static bool IsRevision(string text) => Revision().IsMatch(text) && !text.Contains("..", StringComparison.Ordinal) && !text.Contains("//", StringComparison.Ordinal);

    private string ReferencePath(RepositoryId id, string revision) => Path.Combine(folder, id.FolderName, "refs", revision);

    [GeneratedRegex("^[0-9a-f]{40}\\z")]
    private static partial Regex Commit();

    [GeneratedRegex("^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}\\z")]
    private static partial Regex FileName();

    [GeneratedRegex("^[A-Za-z0-9_][A-Za-z0-9._/+-]{0,200}(?<!/)\\z")]
    private static partial Regex Revision();
}
