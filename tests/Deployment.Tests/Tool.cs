using System.Diagnostics;
using Endpoints.Tests;

namespace Endpoints.Deployment.Tests;

/// <summary>A program of the machine that a test needs.</summary>
internal static class Tool
{
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
    public KubectlTheoryAttribute() => Skip = Programs.Missing("kubectl", "apt-get install kubernetes-client");
}

/// <summary>Runs where promtool is installed.</summary>
internal sealed class PromtoolFactAttribute : FactAttribute
{
    public PromtoolFactAttribute() => Skip = Programs.Missing("promtool", "apt-get install prometheus");
}
