using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Endpoints.Pruning.Tests.Fakes;

/// <summary>A worker in a process of its own (tests/SearchHost), to be killed.</summary>
internal sealed partial class HostProcess : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly BlockingCollection<string> _unread = [];
    private readonly List<string> _lines = [];
    private readonly Task<string> _error;

    private HostProcess(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        _process = Process.Start(start)!;
        _error = _process.StandardError.ReadToEndAsync();
        _ = Task.Run(async () =>
        {
            while (await _process.StandardOutput.ReadLineAsync() is { } line)
            {
                _unread.Add(line);
            }

            _unread.CompleteAdding();
        });
    }

    /// <summary>What it said so far, as far as it was waited for.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>What it said on standard error; waits until it ended.</summary>
    public string Error => _error.Result;

    /// <summary>The program and its arguments, for a test that wraps them.</summary>
    public static string[] Command(string folder, string storage, string method, int trials, int? hang = null) =>
    [
        "dotnet", Path.Combine(AppContext.BaseDirectory, "Endpoints.SearchHost.dll"), folder, storage, method, $"{trials}", .. hang is null ? Array.Empty<string>() : [$"{hang}"],
    ];

    public static HostProcess Start(params string[] command) => Start(command, new Dictionary<string, string>());

    public static HostProcess Start(string[] command, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(command[0], command[1..]);
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return new HostProcess(start);
    }

    /// <summary>Waits for a line that begins so; false when the process ended without one.</summary>
    public bool WaitFor(string beginning)
    {
        while (_unread.TryTake(out string? line, Limit))
        {
            _lines.Add(line);
            if (line.StartsWith(beginning, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Waits for a line that begins so; the test fails without one.</summary>
    public void RequireLine(string beginning)
    {
        if (!WaitFor(beginning))
        {
            Kill();
            Assert.Fail($"The worker did not say '{beginning}'. {Error}");
        }
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        _process.Kill();
        WaitForEnd();
    }

    /// <summary>SIGTERM.</summary>
    public void Terminate() => Assert.Equal(0, Signal(_process.Id, 15));

    /// <summary>Waits until it ended, and returns its exit code.</summary>
    public int WaitForEnd()
    {
        WaitFor("\0");
        Assert.True(_process.WaitForExit(Limit), "The worker did not end.");
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
        _unread.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
