using Endpoints.Compute.Simd;

namespace Endpoints.Compute;

/// <summary>What this processor makes of each precision.</summary>
public static class PrecisionSupport
{
    /// <summary>What runs where nobody chose: bfloat16 where it is fast, else float32.</summary>
    public static Precision Default => IsFast(Precision.BFloat16) ? Precision.BFloat16 : Precision.Float32;

    /// <summary>True where a precision has kernels that make it at least as fast as float32.</summary>
    public static bool IsFast(Precision precision) => precision == Precision.Float32;

    /// <summary>The kernels that a precision runs on, for people: <c>Vector512</c>.</summary>
    /// <exception cref="PlatformNotSupportedException"><c>ENDPOINTS_SIMD</c> forces a path that this processor lacks.</exception>
    public static string Describe(Precision precision) =>
        precision == Precision.Float32 ? $"{SimdSelection.Path}" : $"none of its own: computed in float32, {SimdSelection.Path}";
}
