using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using Endpoints.Cli.Doctor;
using Endpoints.Hub;
using Endpoints.LoadTest.Results;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints doctor</c>: what this machine offers, what is wrong with it, and what to do about that.</summary>
internal static class DoctorCommand
{
    public static Command Create(CliHost host)
    {
        var json = SharedOptions.Json();
        var command = new Command("doctor", "Look at runtime, processor, kernels, limits, memory, port, disk and environment, and say what to do about each problem; exit code 1 if there is one.") { json };
        command.SetAction(result => Report(host, [.. Findings(host)], result.GetValue(json)));
        return command;
    }

    /// <summary>Writes findings.</summary>
    /// <returns>1 where one is a problem.</returns>
    internal static int Report(CliHost host, IReadOnlyList<Finding> findings, bool asJson)
    {
        int problems = findings.Count(finding => finding.Kind == FindingKind.Problem);
        if (asJson)
        {
            host.WriteJson(new Diagnosis(Version, RuntimeInformation.OSDescription, RuntimeInformation.ProcessArchitecture.ToString(), problems, findings), DoctorJson.Default.Diagnosis);
        }
        else
        {
            Show(host, findings, problems);
        }

        return problems == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static void Show(CliHost host, IReadOnlyList<Finding> findings, int problems)
    {
        host.Output.WriteLine($"endpoints {Version}, {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}");
        foreach (Finding finding in findings)
        {
            host.Output.WriteLine($"  {finding.Kind.ToString().ToLowerInvariant(),-8} {finding.Topic,-12} {finding.Text}");
            if (finding.Advice is { } advice)
            {
                host.Output.WriteLine($"  {"",-8} {"",-12} -> {advice}");
            }
        }

        host.Output.WriteLine(problems switch { 0 => "No problem found.", 1 => "1 problem found.", _ => $"{problems} problems found." });
    }

    private static string Version =>
        typeof(DoctorCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "of unknown version";

    private static IEnumerable<Finding> Findings(CliHost host) =>
    [
        RuntimeChecks.Runtime(RuntimeChecks.Description, RuntimeChecks.InstalledSdks(host.Variable)),
        ProcessorChecks.Cores(
            MachineFacts.Read().Processor, Environment.ProcessorCount, ProcessorChecks.AllowedProcessors(), ProcessorChecks.PresentProcessors()),
        LimitChecks.Container(LimitChecks.ReadGroup()),
        ProcessorChecks.Vectors(),
        ProcessorChecks.Instructions(ProcessorChecks.Flags()),
        .. ProcessorChecks.Kernels(),
        RuntimeChecks.Clock(RuntimeChecks.CurrentClock()),
        SystemChecks.Memory(SystemChecks.AvailableMemory()),
        LimitChecks.OpenFiles(LimitChecks.MostOpenFiles()),
        RuntimeChecks.Port(RuntimeChecks.DefaultPort),
        SystemChecks.Gpu(),
        SystemChecks.Folder(Directory.GetCurrentDirectory()),
        SystemChecks.Cache(HubSettings.FromEnvironment(host.Variable).CacheFolder),
        .. SystemChecks.Variables(Environment.GetEnvironmentVariables()),
    ];
}

/// <summary>What <c>doctor --json</c> writes.</summary>
internal sealed record Diagnosis(string Version, string System, string Architecture, int Problems, IReadOnlyList<Finding> Findings);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Diagnosis))]
internal sealed partial class DoctorJson : JsonSerializerContext;
