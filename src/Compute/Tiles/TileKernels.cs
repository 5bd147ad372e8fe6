using Endpoints.Compute.Code;
using Endpoints.Compute.Simd;

namespace Endpoints.Compute.Tiles;

/// <summary>The tile kernels of one precision.</summary>
internal sealed unsafe class TileKernels
{
    private const int MaxVectors = 2;

    /// <summary>Assembled: one for each number of rows and of vectors of 16 columns.</summary>
    private readonly nint[] _assembled;

    private readonly delegate*<int, int, TileArguments*, void> _managed;

    private TileKernels(TilePath path, int maxRows, nint[] assembled, delegate*<int, int, TileArguments*, void> managed)
    {
        Path = path;
        MaxRows = maxRows;
        _assembled = assembled;
        _managed = managed;
    }

    public TilePath Path { get; }

    /// <summary>Most rows of a tile.</summary>
    public int MaxRows { get; }

    /// <summary>
    /// Kernels of a path, or null where this machine cannot run it: the processor lacks the instructions, or the system refuses executable pages.
    /// Left sides in panels: <see cref="TryCreatePaired"/>.
    /// </summary>
    public static TileKernels? TryCreate(Precision precision, TilePath path, SimdPath width) => path switch
    {
        TilePath.Assembled => width == SimdPath.Vector512 ? TryAssemble(precision, LeftLayout.Rows) : null,
        TilePath.AvxVnni => precision == Precision.Int8 && AvxVnniTile.IsSupported && width >= SimdPath.Vector256 ? new(path, AvxVnniTile.MaxRows, [], &AvxVnniTile.Run) : null,
        _ => Managed(precision, width),
    };

    /// <summary>Kernels of bfloat16 whose left side is in panels too, or null where this machine cannot run the path.</summary>
    public static TileKernels? TryCreatePaired(TilePath path, SimdPath width) => path switch
    {
        TilePath.Assembled => width == SimdPath.Vector512 ? TryAssemble(Precision.BFloat16, LeftLayout.Panels) : null,
        TilePath.AvxVnni => null,
        _ => width switch
        {
            SimdPath.Vector512 => ManagedPaired<Simd512>(),
            SimdPath.Vector256 => ManagedPaired<Simd256>(),
            SimdPath.Vector128 => ManagedPaired<Simd128>(),
            _ => ManagedPaired<SimdScalar>(),
        },
    };

    /// <summary>C = A · B for a tile.</summary>
    /// <param name="rows">1 to <see cref="MaxRows"/>.</param>
    /// <param name="columns">1 to 32; the kernel writes up to the next multiple of 16 of C.</param>
    /// <param name="arguments">The operands.</param>
    public void Run(int rows, int columns, TileArguments* arguments)
    {
        if (Path == TilePath.Assembled)
        {
            nint function = _assembled[((rows - 1) * MaxVectors) + (columns > 16 ? 1 : 0)];
            ((delegate* unmanaged[SuppressGCTransition]<TileArguments*, void>)function)(arguments);
        }
        else
        {
            _managed(rows, columns, arguments);
        }
    }

    /// <summary>True where the processor has a precision's dot products on 512 bits and code can be written for them.</summary>
    internal static bool CanAssemble(Precision precision) => ExecutableMemory.IsSupported && precision switch
    {
        Precision.BFloat16 => ProcessorFeatures.HasAvx512BFloat16,
        Precision.Int8 => ProcessorFeatures.HasAvx512Vnni,
        _ => ProcessorFeatures.HasAvx512,
    };

    private static TileKernels? TryAssemble(Precision precision, LeftLayout layout)
    {
        if (!CanAssemble(precision))
        {
            return null;
        }

        var code = new Assembler();
        var functions = new nint[TileCode.MaxRows * MaxVectors];
        for (int function = 0; function < functions.Length; function++)
        {
            functions[function] = code.Position;
            TileCode.Write(code, precision, layout, (function / MaxVectors) + 1, (function % MaxVectors) + 1);
        }

        byte* start = ExecutableMemory.TryPublish(code.ToArray());
        return start is null ? null : new TileKernels(TilePath.Assembled, TileCode.MaxRows, [.. functions.Select(offset => (nint)start + offset)], null);
    }

    private static TileKernels Managed(Precision precision, SimdPath width) => width switch
    {
        SimdPath.Vector512 => Managed<Simd512>(precision),
        SimdPath.Vector256 => Managed<Simd256>(precision),
        SimdPath.Vector128 => Managed<Simd128>(precision),
        _ => Managed<SimdScalar>(precision),
    };

    private static TileKernels Managed<TSimd>(Precision precision)
        where TSimd : struct, ISimd<TSimd> => precision switch
        {
            Precision.BFloat16 => new(TilePath.Managed, BFloat16Tile.MaxRows, [], &BFloat16Tile.Run<TSimd>),
            Precision.Int8 => new(TilePath.Managed, ByteTile.MaxRows, [], &ByteTile.Run),
            _ => new(TilePath.Managed, TSimd.TileRows, [], &Float32Tile.Run<TSimd>),
        };

    private static TileKernels ManagedPaired<TSimd>()
        where TSimd : struct, ISimd<TSimd> => new(TilePath.Managed, BFloat16Tile.MaxRows, [], &BFloat16Tile.RunPanels<TSimd>);
}
