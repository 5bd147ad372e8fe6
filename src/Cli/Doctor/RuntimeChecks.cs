using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Endpoints.Cli.Doctor;

/// <summary>What the program runs on besides the processor: .NET, the clock, the port of the server.</summary>
internal static class RuntimeChecks
{
    /// <summary>Where <c>serve</c> listens unless told otherwise.</summary>
    public const int DefaultPort = 8080;

    private const string ClockSource = "/sys/devices/system/clocksource/clocksource0/current_clocksource";

    /// <summary>Sources that are read without leaving the process.</summary>
    private static readonly string[] FastClocks = ["tsc", "kvm-clock", "hyperv_clocksource_tsc_page", "arch_sys_counter"];

    /// <summary>The runtime, and the SDKs beside it.</summary>
    /// <param name="runtime">The runtime as it describes itself.</param>
    /// <param name="sdks">Versions of the SDKs found; empty for none.</param>
    public static Finding Runtime(string runtime, IReadOnlyList<string> sdks) => new(
        "runtime", sdks.Count > 0 ? $"{runtime}, SDK {string.Join(", ", sdks)}" : $"{runtime}, no SDK found, which only building needs");

    /// <summary>The SDKs in the folder of the <c>dotnet</c> that is first on the path, or in <c>DOTNET_ROOT</c>.</summary>
    public static IReadOnlyList<string> InstalledSdks(Func<string, string?> variable)
    {
        string name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        IEnumerable<string> programs = (variable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, name)).Where(File.Exists);
        string? root = variable("DOTNET_ROOT")
            ?? programs.Select(program => Path.GetDirectoryName(File.ResolveLinkTarget(program, returnFinalTarget: true)?.FullName ?? program)).FirstOrDefault();
        string folder = Path.Combine(root ?? "", "sdk");
        return root is not null && Directory.Exists(folder)
            ? [.. Directory.GetDirectories(folder).Select(one => Path.GetFileName(one)).Where(one => char.IsAsciiDigit(one[0])).Order(StringComparer.Ordinal)]
            : [];
    }

    /// <summary>How the time is read: several times in each request.</summary>
    /// <param name="source">The kernel's clock source; null where it is not known.</param>
    public static Finding Clock(string? source) => source is null || FastClocks.Contains(source)
        ? new Finding("clock", source ?? "the system's own")
        : new Finding("clock", source, FindingKind.Note, "Reading it leaves the process, and every request reads it several times: use a machine whose clock source is tsc, kvm-clock or arch_sys_counter.");

    /// <summary>The kernel's clock source; null where it does not tell.</summary>
    public static string? CurrentClock() => File.Exists(ClockSource) ? File.ReadAllText(ClockSource).Trim() : null;

    /// <summary>Whether the server's usual port is free.</summary>
    public static Finding Port(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port) { ExclusiveAddressUse = true };
            listener.Start();
            return new Finding("port", $"{port} is free on this machine");
        }
        catch (SocketException exception)
        {
            return new Finding("port", $"{port} cannot be listened on: {exception.Message}", FindingKind.Note, "Give serve another address: --urls http://127.0.0.1:8090.");
        }
    }

    /// <summary>Name of the runtime.</summary>
    public static string Description => RuntimeInformation.FrameworkDescription;
}
