namespace Endpoints.Hub.Transfer;

/// <summary>A file to download.</summary>
/// <param name="Name">As the user knows it.</param>
/// <param name="Source">Where it is.</param>
/// <param name="Destination">Where it goes: full path, appears only whole and verified.</param>
/// <param name="LockFile">What two downloads to the same destination share.</param>
/// <param name="Size">Its bytes; null where nobody said.</param>
/// <param name="Hash">What it hashes to; null where nobody said.</param>
/// <param name="EntityTag">Its strong entity tag: with no hash to check the whole by, only this same file is continued.</param>
internal sealed record Download(string Name, Uri Source, string Destination, string LockFile, long? Size, ContentHash? Hash, string? EntityTag);
