using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Endpoints.Tests;

namespace Endpoints.Deployment.Tests.ScaleOut;

/// <summary>A request as the proxy's log has it.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Status">What the client got.</param>
/// <param name="Asked">Ports of the servers that were asked, in order.</param>
internal sealed record ProxiedRequest(string Method, int Status, IReadOnlyList<int> Asked);

/// <summary>nginx with the files of docs/proxy: only the port to listen on and the servers are the test's own.</summary>
internal sealed partial class NginxProxy : IDisposable
{
    private const string Listen = "listen 8080 ";

    private readonly TemporaryFolder _folder = new();
    private readonly Process _process;

    /// <param name="servers">Ports of the servers behind it.</param>
    /// <param name="asksAgain">False: without the word that lets a question be asked again after it was sent.</param>
    public NginxProxy(IEnumerable<int> servers, bool asksAgain = true)
    {
        Directory.CreateDirectory(_folder.File("logs"));
        string source = Path.Combine(Repository.Root, "docs", "proxy");
        string configuration = Replace(File.ReadAllText(Path.Combine(source, "nginx.conf")), Listen, $"listen 127.0.0.1:{Port} ");
        File.WriteAllText(_folder.File("nginx.conf"), asksAgain ? configuration : Replace(configuration, " non_idempotent;", ";"));
        string[] lines = File.ReadAllLines(Path.Combine(source, "servers.conf"));
        string server = lines.First(line => line.StartsWith("server ", StringComparison.Ordinal));
        File.WriteAllLines(_folder.File("servers.conf"), servers.Select(port => ServerPort().Replace(server, $":{port} ")));
        _process = Process.Start(new ProcessStartInfo("nginx", ["-p", _folder.Path, "-e", "stderr", "-c", "nginx.conf", "-g", "daemon off;"]) { RedirectStandardError = true })!;
        _ = _process.StandardError.ReadToEndAsync();
    }

    public int Port { get; } = LoopbackPort.Free();

    public Uri Address => new($"http://127.0.0.1:{Port}");

    /// <summary>Waits until it takes connections.</summary>
    public async Task StartedAsync()
    {
        using var client = new HttpClient();
        await ServeProcess.UntilAsync(async () =>
        {
            try
            {
                using HttpResponseMessage answer = await client.GetAsync(Address);
                return !_process.HasExited;
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                return false;
            }
        });
    }

    /// <summary>Processor time that its workers have used.</summary>
    public TimeSpan CpuTime()
    {
        TimeSpan sum = TimeSpan.Zero;
        foreach (string id in File.ReadAllText($"/proc/{_process.Id}/task/{_process.Id}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            using var worker = Process.GetProcessById(int.Parse(id, CultureInfo.InvariantCulture));
            sum += worker.TotalProcessorTime;
        }

        return sum;
    }

    /// <summary>Every request that has ended, in order.</summary>
    public IReadOnlyList<ProxiedRequest> Log() =>
    [
        .. File.ReadLines(_folder.File("logs/access.log")).Select(line => LogLine().Match(line)).Select(match => match.Success
            ? new ProxiedRequest(match.Groups[1].Value, int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture), [.. PortInLog().Matches(match.Groups[3].Value).Select(port => int.Parse(port.Groups[1].Value, CultureInfo.InvariantCulture))])
            : throw new InvalidDataException("A line of the proxy's log is not of the form that docs/proxy/nginx.conf gives it.")),
    ];

    public void Dispose()
    {
        // The master ends its workers; killed, it would leave them.
        using (Process signal = Process.Start("kill", $"-TERM {_process.Id}"))
        {
            signal.WaitForExit();
        }

        _process.WaitForExit();
        _process.Dispose();
        _folder.Dispose();
    }

    private static string Replace(string text, string old, string with) =>
        text.Contains(old, StringComparison.Ordinal) ? text.Replace(old, with, StringComparison.Ordinal) : throw new InvalidDataException($"docs/proxy/nginx.conf has no '{old}'.");

    [GeneratedRegex(@"^\S+ (\S+) \S+ (\d+) asked (.*) answered ")]
    private static partial Regex LogLine();

    [GeneratedRegex(@":(\d+)")]
    private static partial Regex PortInLog();

    [GeneratedRegex(@":\d+ ")]
    private static partial Regex ServerPort();
}
