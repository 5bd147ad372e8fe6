namespace Endpoints.Hub;

/// <summary>A repository as it was at one commit.</summary>
/// <param name="Id">The repository.</param>
/// <param name="Revision">The branch, tag or commit asked for.</param>
/// <param name="Commit">What it was, 40 hexadecimal digits.</param>
/// <param name="Folder">Its folder in the cache, there once a file was fetched.</param>
/// <param name="Files">Paths of its files, with slashes: all that the hub lists, or those in the cache.</param>
/// <param name="IsFromCache">True when nobody asked the hub: there may be more files, and another commit.</param>
public sealed record RepositorySnapshot(RepositoryId Id, string Revision, string Commit, string Folder, IReadOnlyList<string> Files, bool IsFromCache);
