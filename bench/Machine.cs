using System.Runtime.InteropServices;
using Endpoints.Compute.Simd;

namespace Endpoints.Bench;

/// <summary>What was measured on.</summary>
internal static class Machine
{
    public static string Describe(TimeProvider time) =>
        $"{Processor()}, {Environment.ProcessorCount} logical processors, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9:F0} GB; "
        + $"{RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.FrameworkDescription}, {SimdSelection.Path}; {time.GetUtcNow():yyyy-MM-dd HH:mm} UTC.";

    /// <summary>The processor by its own name.</summary>
    public static string Processor()
    {
        const string list = "/proc/cpuinfo";
        string? model = File.Exists(list) ? File.ReadLines(list).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return model is null ? $"{RuntimeInformation.ProcessArchitecture} processor" : model[(model.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
