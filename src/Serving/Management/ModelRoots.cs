namespace Endpoints.Serving.Management;

/// <summary>The folders below which checkpoints may be loaded on a client's word.</summary>
internal sealed class ModelRoots(IReadOnlyList<string> roots)
{
    private readonly string[] _roots = [.. roots.Select(root => Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)))];

    /// <summary>The full path of a folder, given by its full path or below a root.</summary>
    /// <exception cref="FormatException">It is below none of the roots, itself or what it links to.</exception>
    public string Resolve(string path)
    {
        if (_roots.Length == 0)
        {
            throw new FormatException("this server loads no checkpoints: Endpoints:Server:ModelRoots names no folder to load them from.");
        }

        foreach (string root in _roots)
        {
            string full = Path.GetFullPath(path, root);
            if (IsBelow(full, root) && Directory.Exists(full) && IsBelow(RealPath(full), RealPath(root)))
            {
                return full;
            }
        }

        throw new FormatException("expected \"checkpoint\" to be an existing folder below one of the server's model roots.");
    }

    private static bool IsBelow(string path, string root) => path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    // Every link on the way resolved: a folder below a root may link to one outside.
    private static string RealPath(string path)
    {
        string real = Path.GetPathRoot(path)!;
        foreach (string part in path[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            string next = Path.Combine(real, part);
            real = Directory.ResolveLinkTarget(next, returnFinalTarget: true)?.FullName ?? next;
        }

        return Path.TrimEndingDirectorySeparator(real);
    }
}
