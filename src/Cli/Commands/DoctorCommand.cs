using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using Endpoints.Cli.Doctor;
using Endpoints.LoadTest.Results;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints doctor</c>: what this machine offers, what is wrong with it, and what to do about that.</summary>
internal static class DoctorCommand
{
    public static Command Create(CliHost host)
    {
        var command = new Command("doctor", "Look at processor, kernels, memory, disk and environment, and say what to do about each problem; exit code 1 if there is one.");
        command.SetAction(_ => Report(host, [.. Findings()]));
        return command;
    }

    /// <summary>Writes findings.</summary>
    /// <returns>1 where one is a problem.</returns>
    internal static int Report(CliHost host, IReadOnlyList<Finding> findings)
    {
        host.Output.WriteLine($"endpoints {Version}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}");
        foreach (Finding finding in findings)
        {
            host.Output.WriteLine($"  {finding.Kind.ToString().ToLowerInvariant(),-8} {finding.Topic,-12} {finding.Text}");
            if (finding.Advice is { } advice)
            {
                host.Output.WriteLine($"  {"",-8} {"",-12} -> {advice}");
            }
        }

        int problems = findings.Count(finding => finding.Kind == FindingKind.Problem);
        host.Output.WriteLine(problems switch { 0 => "No problem found.", 1 => "1 problem found.", _ => $"{problems} problems found." });
        return problems == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static string Version =>
        typeof(DoctorCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "of unknown version";

    private static IEnumerable<Finding> Findings() =>
    [
        ProcessorChecks.Cores(
            MachineFacts.Read().Processor, Environment.ProcessorCount, ProcessorChecks.AllowedProcessors(), ProcessorChecks.PresentProcessors()),
        ProcessorChecks.Vectors(),
        .. ProcessorChecks.Kernels(),
        SystemChecks.Memory(SystemChecks.AvailableMemory()),
        SystemChecks.Gpu(),
        SystemChecks.Folder(Directory.GetCurrentDirectory()),
        .. SystemChecks.Variables(Environment.GetEnvironmentVariables()),
    ];
}
