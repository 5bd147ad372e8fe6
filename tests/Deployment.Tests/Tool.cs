using System.Diagnostics;

namespace Endpoints.Deployment.Tests;

/// <summary>A program of the machine that a test needs.</summary>
internal static class Tool
{
    /// <summary>Why its tests are skipped; null where it is there.</summary>
    public static string? Missing(string name, string package) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, name)))
            ? null
            : $"{name} is not there: apt-get install {package}";

    public static (int Code, string Output, string Error) Run(string name, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(name, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Manifests.Root })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}

/// <summary>Runs where kubectl is installed.</summary>
internal sealed class KubectlTheoryAttribute : TheoryAttribute
{
    public KubectlTheoryAttribute() => Skip = Tool.Missing("kubectl", "kubernetes-client");
}

/// <summary>Runs where promtool is installed.</summary>
internal sealed class PromtoolFactAttribute : FactAttribute
{
    public PromtoolFactAttribute() => Skip = Tool.Missing("promtool", "prometheus");
}
