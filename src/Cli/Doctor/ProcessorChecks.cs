using System.Globalization;
using Endpoints.Compute;
using Endpoints.Compute.Simd;

namespace Endpoints.Cli.Doctor;

/// <summary>The processor: its cores, its vectors, and the kernels that each precision gets.</summary>
internal static class ProcessorChecks
{
    /// <summary>As Linux names them: of x64, then of ARM.</summary>
    private static readonly string[] LowPrecision = ["avx512_bf16", "avx512_vnni", "avx_vnni", "amx_bf16", "amx_int8", "bf16", "i8mm", "asimddp"];

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

    /// <summary>The processor's instructions that kernels of bfloat16 and int8 are made of.</summary>
    /// <param name="flags">The processor's flags as Linux writes them; empty where they are not known.</param>
    public static Finding Instructions(IReadOnlySet<string> flags)
    {
        string[] found = [.. LowPrecision.Where(flags.Contains)];
        return new Finding("instructions", flags.Count == 0 ? "not known on this system; the kernels below are what was found to work"
            : found.Length > 0 ? $"for low precision: {string.Join(", ", found)}"
            : $"none for low precision ({string.Join(", ", LowPrecision)}): bfloat16 saves memory here and no time");
    }

    /// <summary>The processor's flags as Linux writes them; empty elsewhere.</summary>
    public static IReadOnlySet<string> Flags()
    {
        const string Info = "/proc/cpuinfo";
        string? line = File.Exists(Info) ? File.ReadLines(Info).FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal) || line.StartsWith("Features", StringComparison.Ordinal)) : null;
        return new HashSet<string>(line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [], StringComparer.Ordinal);
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
