using Endpoints.Compute.Simd;
using Endpoints.Compute.Tiles;

namespace Endpoints.Compute;

/// <summary>What this processor makes of each precision.</summary>
/// <remarks>Every member may throw <see cref="PlatformNotSupportedException"/>: <c>ENDPOINTS_SIMD</c> or <c>ENDPOINTS_TILES</c> forces what this machine lacks.</remarks>
public static class PrecisionSupport
{
    /// <summary>What runs where nobody chose: bfloat16 where it is fast, else float32.</summary>
    public static Precision Default => IsFast(Precision.BFloat16) ? Precision.BFloat16 : Precision.Float32;

    /// <summary>True where a precision has instructions of its own, which make it faster than float32; true of float32 itself.</summary>
    public static bool IsFast(Precision precision) => precision == Precision.Float32 || Kernels(precision).Path != TilePath.Managed;

    /// <summary>The kernels that a precision runs on, for people: <c>assembled, Vector512</c>.</summary>
    public static string Describe(Precision precision)
    {
        (TilePath path, SimdPath width) = Kernels(precision);
        return path switch
        {
            TilePath.Assembled => $"assembled, {width}",
            TilePath.AvxVnni => $"AVX-VNNI, {SimdPath.Vector256}",
            _ => $"managed, {width}",
        };
    }

    private static (TilePath Path, SimdPath Width) Kernels(Precision precision)
    {
        // First, for the choice of tiles needs it and would hide why it failed.
        SimdPath width = SimdSelection.Path;
        return (TileSelection.PathOf(precision), width);
    }
}
