namespace Endpoints.Tests;

/// <summary>Programs of the machine that a test or a benchmark runs where they are installed.</summary>
internal static class Programs
{
    /// <summary>The folders that programs are looked for in, in order.</summary>
    public static string[] Folders { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Whether one of that name is installed.</summary>
    public static bool Has(string name) => Folders.Any(folder => File.Exists(Path.Combine(folder, name)));

    /// <summary>Why what needs it is skipped, and what to do; null where it is installed.</summary>
    /// <param name="name">The program.</param>
    /// <param name="install">The command that installs it.</param>
    public static string? Missing(string name, string install) => Has(name) ? null : $"{name} is not there: {install}";
}
