using System.Runtime.Intrinsics;

namespace Endpoints.Compute.Simd;

/// <summary>Vector width that the float32 kernels run at.</summary>
public enum SimdPath
{
    /// <summary>No vectors.</summary>
    Scalar = 32,

    /// <summary>128-bit vectors (SSE, NEON).</summary>
    Vector128 = 128,

    /// <summary>256-bit vectors (AVX2).</summary>
    Vector256 = 256,

    /// <summary>512-bit vectors (AVX-512).</summary>
    Vector512 = 512,
}

/// <summary>Chooses the path once, at start: the widest that the processor has, or the one that <c>ENDPOINTS_SIMD</c> names.</summary>
public static class SimdSelection
{
    /// <summary>Environment variable that forces a path: scalar, 128, 256 or 512.</summary>
    public const string Variable = "ENDPOINTS_SIMD";

    /// <summary>The paths that this processor can run, widest first.</summary>
    public static IReadOnlyList<SimdPath> Available { get; } =
    [
        .. Vector512.IsHardwareAccelerated ? [SimdPath.Vector512] : (ReadOnlySpan<SimdPath>)[],
        .. Vector256.IsHardwareAccelerated ? [SimdPath.Vector256] : (ReadOnlySpan<SimdPath>)[],
        .. Vector128.IsHardwareAccelerated ? [SimdPath.Vector128] : (ReadOnlySpan<SimdPath>)[],
        SimdPath.Scalar,
    ];

    /// <summary>Null where the forced path cannot be used: a type initializer that throws would hide the reason.</summary>
    private static readonly SimdPath? Selected = Find(Environment.GetEnvironmentVariable(Variable));

    /// <summary>The path in use.</summary>
    /// <exception cref="PlatformNotSupportedException">The forced path is unknown, or this processor lacks it.</exception>
    public static SimdPath Path => Selected ?? throw Unusable(Environment.GetEnvironmentVariable(Variable));

    internal static SimdPath Choose(string? forced) => Find(forced) ?? throw Unusable(forced);

    private static SimdPath? Find(string? forced)
    {
        if (string.IsNullOrEmpty(forced))
        {
            return Available[0];
        }

        SimdPath? path = forced.ToLowerInvariant() switch
        {
            "scalar" => SimdPath.Scalar,
            "128" => SimdPath.Vector128,
            "256" => SimdPath.Vector256,
            "512" => SimdPath.Vector512,
            _ => null,
        };
        return path is { } known && Available.Contains(known) ? known : null;
    }

    private static PlatformNotSupportedException Unusable(string? forced) =>
        new($"{Variable}={forced} cannot be used here: expected one of {string.Join(", ", Available.Select(Name))}; unset it to choose by itself.");

    private static string Name(SimdPath path) => path == SimdPath.Scalar ? "scalar" : ((int)path).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
