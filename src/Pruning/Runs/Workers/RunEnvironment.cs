using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using Endpoints.Compute;
using Endpoints.Compute.Tiles;

namespace Endpoints.Pruning.Runs.Workers;

/// <summary>Where and with what a worker ran: what a measured latency, and the last digits of an error, depend on beside the configuration.</summary>
internal sealed record RunEnvironment(
    DateTimeOffset Started,
    string Machine,
    string System,
    string Architecture,
    string Runtime,
    string Program,
    int Processors,
    string Engine,
    string Precision,
    string Tiles)
{
    /// <summary>Of this process, as a line of JSON.</summary>
    public static string Of(SearchSetup setup) => JsonSerializer.Serialize(
        new RunEnvironment(
            setup.Time.GetUtcNow(),
            Environment.MachineName,
            RuntimeInformation.OSDescription,
            RuntimeInformation.ProcessArchitecture.ToString(),
            RuntimeInformation.FrameworkDescription,
            typeof(RunEnvironment).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown",
            Environment.ProcessorCount,
            setup.Engine,
            PrecisionName.Of(setup.Configuration.Precision),
            TileSelection.PathOf(setup.Configuration.Precision).ToString()),
        RunJson.Default.RunEnvironment);
}
