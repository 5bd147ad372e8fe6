using Endpoints.Compute.Simd;

namespace Endpoints.Compute.Tiles;

/// <summary>Chooses each precision's tile kernels once: the fastest that this machine can run, or what <c>ENDPOINTS_TILES</c> names.</summary>
public static class TileSelection
{
    /// <summary>Environment variable that forces a path: assembled, avxvnni or managed. A precision that cannot run the forced path runs managed.</summary>
    public const string Variable = "ENDPOINTS_TILES";

    private static readonly TileKernels?[] Selected = [.. Enum.GetValues<Precision>().Select(precision => Find(precision, Environment.GetEnvironmentVariable(Variable), SimdSelection.Path))];
    private static readonly TileKernels? SelectedPaired = Find(path => TileKernels.TryCreatePaired(path, SimdSelection.Path), Environment.GetEnvironmentVariable(Variable));

    /// <summary>The path in use.</summary>
    /// <exception cref="PlatformNotSupportedException">The forced path is unknown, or no precision can run it here.</exception>
    public static TilePath PathOf(Precision precision) => Of(precision).Path;

    internal static TileKernels Of(Precision precision) => Selected[(int)precision] ?? throw Unusable();

    /// <summary>Kernels of bfloat16 whose left side is in panels.</summary>
    internal static TileKernels OfPaired() => SelectedPaired ?? throw Unusable();

    internal static TileKernels? Find(Precision precision, string? forced, SimdPath width) => Find(path => TileKernels.TryCreate(precision, path, width), forced);

    /// <summary>Null where the name is unknown: a type initializer that throws would hide the reason.</summary>
    private static TileKernels? Find(Func<TilePath, TileKernels?> tryCreate, string? forced)
    {
        TilePath[]? paths = forced?.ToLowerInvariant() switch
        {
            null or "" => [TilePath.Assembled, TilePath.AvxVnni, TilePath.Managed],
            "assembled" => [TilePath.Assembled, TilePath.Managed],
            "avxvnni" => [TilePath.AvxVnni, TilePath.Managed],
            "managed" => [TilePath.Managed],
            _ => null,
        };
        return paths?.Select(tryCreate).FirstOrDefault(kernels => kernels is not null);
    }

    private static PlatformNotSupportedException Unusable() =>
        new($"{Variable}={Environment.GetEnvironmentVariable(Variable)} is unknown: expected assembled, avxvnni or managed; unset it to choose by itself.");
}
