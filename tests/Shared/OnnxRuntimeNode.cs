using System.Diagnostics;

namespace Endpoints.Tests;

/// <summary>ONNX Runtime for Node.js, installed from npm into the checkout's <c>artifacts</c> once; the oracle and the peer of our ONNX files.</summary>
internal static class OnnxRuntimeNode
{
    private const string Version = "1.30.0";
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(3);
    private static readonly Lazy<string?> FirstProblem = new(FindProblem);

    /// <summary>The folder whose <c>node_modules</c> has the package.</summary>
    public static string Folder { get; } = Path.Combine(Repository.Root, "artifacts", $"onnxruntime-node-{Version}");

    /// <summary>Reads requests and answers them; see its first lines.</summary>
    public static string Script { get; } = Path.Combine(Repository.Root, "bench", "peers", "onnxruntime.mjs");

    /// <summary>Why it cannot be used here, as a sentence; null where it can, installed if it was not.</summary>
    public static string? Problem => FirstProblem.Value;

    private static string? FindProblem()
    {
        if (Run("node", null, "--version") is { } noNode)
        {
            return $"ONNX Runtime is skipped: it runs in Node.js, and {noNode}.";
        }

        return Directory.Exists(Folder) || Install() is not { } notInstalled
            ? null
            : $"ONNX Runtime is skipped: onnxruntime-node {Version} could not be installed with npm, {notInstalled}.";
    }

    /// <summary>Installs beside the folder and renames: whoever finds the folder finds all of it, also when two processes install at once.</summary>
    private static string? Install()
    {
        string staging = $"{Folder}.{Path.GetRandomFileName()}";
        Directory.CreateDirectory(staging);
        try
        {
            // The package's own script would only download libraries for graphics cards.
            string? problem = Run(
                "npm", staging, "install", "--prefix", staging, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", $"onnxruntime-node@{Version}");
            if (problem is null && !Directory.Exists(Folder))
            {
                Directory.Move(staging, Folder);
            }

            return problem;
        }
        catch (IOException) when (Directory.Exists(Folder))
        {
            return null;
        }
        finally
        {
            if (Directory.Exists(staging))
            {
                Directory.Delete(staging, recursive: true);
            }
        }
    }

    /// <summary>What went wrong, or null.</summary>
    private static string? Run(string program, string? folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? "" };
        try
        {
            using var process = Process.Start(start)!;
            Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(InstallLimit))
            {
                process.Kill(entireProcessTree: true);
                return $"{program} did not end within {InstallLimit.TotalMinutes:0} minutes";
            }

            return process.ExitCode == 0 ? null : $"{program} ended with {process.ExitCode}: {Line(error.Result) ?? Line(output.Result)}";
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            return $"{program} cannot be started ({exception.Message})";
        }
    }

    private static string? Line(string text) => text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
}
