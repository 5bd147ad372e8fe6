namespace Endpoints.Tests;

/// <summary>Finds golden fixtures: tests/golden, or the folder that GOLDEN_DIR names.</summary>
internal static class Golden
{
    public static string Directory { get; } = Environment.GetEnvironmentVariable("GOLDEN_DIR") is { Length: > 0 } directory
        ? Path.GetFullPath(directory)
        : Path.Combine(Repository.Root, "tests", "golden");

    /// <summary>The files or folders of a kind, as theory rows. One row of "none" when there are none, which <see cref="Found"/> turns into a failure.</summary>
    public static TheoryData<string> Find(string folder, string pattern, bool directories = false)
    {
        var data = new TheoryData<string>();
        string path = Path.Combine(Directory, folder);
        string[] found = !System.IO.Directory.Exists(path) ? []
            : directories ? System.IO.Directory.GetDirectories(path, pattern) : System.IO.Directory.GetFiles(path, pattern);
        foreach (string entry in found.Order(StringComparer.Ordinal))
        {
            data.Add(Path.GetRelativePath(Directory, entry));
        }

        if (found.Length == 0)
        {
            data.Add($"none:{folder}/{pattern}");
        }

        return data;
    }

    /// <summary>The full path of a row of <see cref="Find"/>; fails when there was nothing to find.</summary>
    public static string Found(string row)
    {
        Assert.False(row.StartsWith("none:", StringComparison.Ordinal), $"No golden fixture {row["none:".Length..]} in {Directory}.");
        return Path.Combine(Directory, row);
    }
}
