using System.Diagnostics;
using System.Text.Json;

namespace Endpoints.Bench.Peers;

/// <summary>Another engine in a process of its own that answers requests line by line, so that rounds of it alternate with ours.</summary>
internal sealed class PeerProcess : IDisposable
{
    private readonly Process _process;

    private PeerProcess(Process process, string name)
    {
        _process = process;
        Name = name;
    }

    /// <summary>What runs, with its version.</summary>
    public string Name { get; }

    /// <summary>Starts a peer and waits for its name.</summary>
    /// <exception cref="PeerException">It cannot be started, or ends at once; the message says why.</exception>
    public static PeerProcess Start(ProcessStartInfo start)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new PeerException($"{start.FileName} cannot be started ({exception.Message})");
        }

        // Read to its end, or a peer that says much would wait for us.
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (process.StandardOutput.ReadLine() is { } line && JsonSerializer.Deserialize(line, PeerJson.Default.PeerAnswer)?.Name is { } name)
        {
            return new PeerProcess(process, name);
        }

        process.WaitForExit();
        string[] lines = errors.Result.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        int code = process.ExitCode;
        process.Dispose();
        throw new PeerException($"{start.FileName} ended with {code}: {lines.LastOrDefault() ?? "it said nothing"}");
    }

    /// <exception cref="PeerException">The peer could not do it, or is gone.</exception>
    public PeerAnswer Ask(PeerRequest request)
    {
        _process.StandardInput.WriteLine(JsonSerializer.Serialize(request, PeerJson.Default.PeerRequest));
        _process.StandardInput.Flush();
        string line = _process.StandardOutput.ReadLine() ?? throw new PeerException($"{Name} ended in the middle of a run");
        PeerAnswer answer = JsonSerializer.Deserialize(line, PeerJson.Default.PeerAnswer)!;
        return answer.Error is { } error ? throw new PeerException($"{Name}: {error}") : answer;
    }

    public void Dispose()
    {
        // Its loop ends with its input.
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(10)))
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}

/// <summary>A peer that cannot take part, in one sentence.</summary>
internal sealed class PeerException(string message) : Exception(message);
