using System.Diagnostics;
using Endpoints.Tests;

namespace Endpoints.Bench.Peers;

/// <summary>Starts every peer that this machine has; one that it has not is named with the reason.</summary>
internal static class PeerCatalog
{
    /// <summary>Threads of every engine.</summary>
    public const int Threads = 2;

    private static readonly string[] PythonCandidates = ["/usr/bin/python3", "python3"];

    /// <summary>Processors that a peer's threads are pinned to, or "" where they cannot be.</summary>
    public static string Processors { get; } = FindProcessors();

    public static PeerProcess? OnnxRuntime(Report report)
    {
        if (OnnxRuntimeNode.Problem is { } problem)
        {
            report.Note(problem);
            return null;
        }

        return Start(report, "ONNX Runtime", "node", OnnxRuntimeNode.Script, OnnxRuntimeNode.Folder, $"{Threads}", Processors);
    }

    public static PeerProcess? PyTorch(Report report, string precision)
    {
        string python = PythonCandidates.First(candidate => candidate == PythonCandidates[^1] || File.Exists(candidate));
        return Start(report, $"PyTorch {precision}", python, Path.Combine(Repository.Root, "bench", "peers", "pytorch.py"), $"{Threads}", precision);
    }

    private static PeerProcess? Start(Report report, string name, string program, params string[] arguments)
    {
        ProcessStartInfo start = Processors.Length > 0
            ? new ProcessStartInfo("taskset", ["-c", Processors, program, .. arguments])
            : new ProcessStartInfo(program, arguments);

        // PyTorch's threads are OpenMP's; ONNX Runtime is told by argument.
        start.Environment["OMP_NUM_THREADS"] = $"{Threads}";
        start.Environment["GOMP_CPU_AFFINITY"] = Processors.Replace(',', ' ');
        try
        {
            return PeerProcess.Start(start);
        }
        catch (PeerException exception)
        {
            report.Note($"{name} is skipped: {exception.Message}.");
            return null;
        }
    }

    /// <summary>The first processors that this process may run on, where there is taskset to say so.</summary>
    private static string FindProcessors()
    {
        if (!OperatingSystem.IsLinux() || !Programs.Has("taskset"))
        {
            return "";
        }

        using var self = Process.GetCurrentProcess();
        ulong allowed = (ulong)self.ProcessorAffinity;
        int[] processors = [.. Enumerable.Range(0, 64).Where(processor => (allowed >> processor & 1) != 0).Take(Threads)];
        return processors.Length == Threads ? string.Join(',', processors) : "";
    }
}
