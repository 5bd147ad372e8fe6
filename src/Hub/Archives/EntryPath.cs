namespace Endpoints.Hub.Archives;

/// <summary>Places a name that came from outside inside a folder, or refuses it.</summary>
internal static class EntryPath
{
    /// <summary>The full path of an entry; null when it would be elsewhere than below the folder, on any operating system.</summary>
    /// <param name="folder">Full path.</param>
    /// <param name="name">The entry's, with slashes of either kind; one at the end is allowed.</param>
    public static string? Resolve(string folder, string name)
    {
        string[] parts = [.. name.Replace('\\', '/').TrimEnd('/').Split('/').Where(part => part != ".")];
        return Array.TrueForAll(parts, IsPlain) ? Path.Combine([folder, .. parts]) : null;
    }

    /// <summary>An empty first part is an absolute path; a colon names a drive or a stream.</summary>
    private static bool IsPlain(string part) => part.Length > 0 && part != ".." && part.AsSpan().IndexOfAny(':', '\0') < 0;
}
