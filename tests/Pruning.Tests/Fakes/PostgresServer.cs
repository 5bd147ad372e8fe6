using System.Diagnostics;
using Endpoints.Tests;

namespace Endpoints.Pruning.Tests.Fakes;

/// <summary>A PostgreSQL server of the tests' own, in a temporary folder, reached through a socket there; stopped with them.</summary>
public sealed class PostgresServer : IDisposable
{
    public const string User = "tester";
    public const string Password = "s3cret-word";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly Lazy<string?> FirstProblem = new(() => Tools() is null
        ? "PostgreSQL is skipped: there is no initdb in /usr/lib/postgresql/*/bin or in the PATH (apt-get install postgresql)."
        : OperatingSystem.IsWindows() ? "PostgreSQL is skipped: these tests start it on Unix only." : null);

    private readonly TemporaryFolder _folder = new();
    private Process? _server;

    public PostgresServer()
    {
        if (Problem is not null)
        {
            return;
        }

        AppDomain.CurrentDomain.ProcessExit += OnExit;
        string passwordFile = _folder.File("password");
        File.WriteAllText(passwordFile, Password);
        if (Environment.UserName == "root")
        {
            Run("chown", "-R", "nobody", _folder.Path);
        }

        Run(AsUser(Tool("initdb"), "--pgdata", Data, "--username", User, "--pwfile", passwordFile, "--auth", "scram-sha-256", "--no-sync", "--encoding", "UTF8", "--locale", "C"));
        Start();
    }

    /// <summary>Why it cannot be used here, as a sentence; null where it can.</summary>
    public static string? Problem => FirstProblem.Value;

    /// <summary>The database as a URL, without the password.</summary>
    public string Url => $"postgres://{User}@/postgres?host={Uri.EscapeDataString(_folder.Path)}";

    /// <summary>The database as a URL, with the password.</summary>
    public string UrlWithPassword => Url.Replace($"{User}@", $"{User}:{Password}@", StringComparison.Ordinal);

    private string Data => _folder.File("data");

    public void Start()
    {
        // fsync is off: what these tests lose to a power failure is nothing.
        string[] command = AsUser(
            Tool("postgres"), "-D", Data, "-k", _folder.Path, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "logging_collector=off");
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true };
        _server = Process.Start(start)!;
        while (_server.StandardError.ReadLine() is { } line)
        {
            if (line.Contains("ready to accept connections", StringComparison.Ordinal))
            {
                _ = _server.StandardError.ReadToEndAsync();
                return;
            }
        }

        throw new InvalidOperationException("The PostgreSQL server ended at once.");
    }

    /// <summary>Ends the server as a power failure would, as far as its clients can tell.</summary>
    public void Stop()
    {
        if (_server is { HasExited: false })
        {
            Run("kill", "-QUIT", $"{_server.Id}");
            _server.WaitForExit(Limit);
        }

        _server?.Dispose();
        _server = null;
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        Stop();
        _folder.Dispose();
    }

    /// <summary>The server refuses root, and so runs as nobody there.</summary>
    private static string[] AsUser(params string[] command) =>
        Environment.UserName == "root" ? ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", .. command] : command;

    private static string? Tools()
    {
        string[] versions = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [];
        IEnumerable<string> folders = versions.OrderDescending(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin"))
            .Concat(Programs.Folders);
        return folders.FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
    }

    private static string Tool(string name) => Path.Combine(Tools()!, name);

    private static void Run(params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        Assert.True(process.WaitForExit(Limit), $"{command[0]} did not end.");
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', command)}: {output.Result}{error.Result}");
    }

    private void OnExit(object? sender, EventArgs arguments) => Stop();
}

/// <summary>A test that needs PostgreSQL, skipped with the reason where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = PostgresServer.Problem;
}
