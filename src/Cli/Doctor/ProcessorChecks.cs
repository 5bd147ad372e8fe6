using System.Globalization;
using Endpoints.Compute;
using Endpoints.Compute.Simd;

namespace Endpoints.Cli.Doctor;

/// <summary>The processor: its cores, its vectors, and the kernels that each precision gets.</summary>
internal static class ProcessorChecks
{
    /// <summary>The processors that this process may use.</summary>
    /// <param name="name">Model of the processor.</param>
    /// <param name="usable">What the runtime counts: the affinity mask and a container's limit, whichever is less.</param>
    /// <param name="allowed">The affinity mask as the system writes it, for example <c>0-3</c>; null where it is not known.</param>
    /// <param name="present">Processors of the machine; null where not known.</param>
    public static Finding Cores(string name, int usable, string? allowed, int? present)
    {
        string mask = allowed is null ? "" : $", affinity mask {allowed}";
        string text = string.Create(CultureInfo.InvariantCulture, $"{name}, {usable} of {present ?? usable} processors{mask}");
        return usable < present
            ? new Finding("processor", text, FindingKind.Note, "An affinity mask or a container's limit holds back the others; lift it to use them.")
            : new Finding("processor", text);
    }

    /// <summary>The vector width of the float32 kernels.</summary>
    public static Finding Vectors()
    {
        string available = string.Join(", ", SimdSelection.Available);
        try
        {
            SimdPath path = SimdSelection.Path;
            string text = $"{path}; this process can use {available}";
            return path == SimdPath.Scalar
                ? new Finding("vectors", text, FindingKind.Problem, $"Kernels without vectors are ten times slower: unset {SimdSelection.Variable}, or use a processor with SSE2, AVX2, AVX-512 or NEON.")
                : path != SimdSelection.Available[0]
                ? new Finding("vectors", text, FindingKind.Note, $"{SimdSelection.Variable} forces less than this processor has; unset it for full speed.")
                : new Finding("vectors", text);
        }
        catch (PlatformNotSupportedException exception)
        {
            return new Finding("vectors", exception.Message, FindingKind.Problem, "Unset the variable: no command that computes can run.");
        }
    }

    /// <summary>The kernels of each precision.</summary>
    public static IEnumerable<Finding> Kernels()
    {
        try
        {
            return [.. Enum.GetValues<Precision>().Select(Kernels)];
        }
        catch (PlatformNotSupportedException exception)
        {
            return [new Finding("kernels", exception.Message, FindingKind.Problem, "Unset the variable: no command that computes can run.")];
        }
    }

    private static Finding Kernels(Precision precision)
    {
        string name = PrecisionName.Of(precision), kernels = PrecisionSupport.Describe(precision);
        return PrecisionSupport.IsFast(precision)
            ? new Finding(name, precision == PrecisionSupport.Default ? $"{kernels} (what auto chooses)" : kernels)
            : new Finding(name, kernels, FindingKind.Note, $"It works, but {PrecisionName.Of(PrecisionSupport.Default)} is faster here.");
    }

    /// <summary>The affinity mask as Linux writes it; null elsewhere.</summary>
    public static string? AllowedProcessors()
    {
        const string Status = "/proc/self/status", Field = "Cpus_allowed_list:";
        return File.Exists(Status)
            ? File.ReadLines(Status).FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal))?[Field.Length..].Trim()
            : null;
    }

    /// <summary>Processors of the machine, as Linux counts them; null elsewhere.</summary>
    public static int? PresentProcessors()
    {
        const string Info = "/proc/cpuinfo";
        int count = File.Exists(Info) ? File.ReadLines(Info).Count(line => line.StartsWith("processor", StringComparison.Ordinal)) : 0;
        return count > 0 ? count : null;
    }
}
