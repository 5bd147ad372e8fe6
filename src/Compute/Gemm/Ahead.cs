using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Endpoints.Compute.Gemm;

/// <summary>
/// What a tile brings into the second-level cache while it computes: a part of the panel that comes after this one. Without it the first tile
/// of every panel waits for memory, which costs a tenth of the time where B lies in memory and a block has ten tiles.
/// </summary>
/// <param name="start">First byte to fetch at the first step of depth.</param>
/// <param name="step">Bytes further at each step; 0 to fetch nothing new.</param>
internal readonly unsafe struct Ahead(byte* start, nint step)
{
    private const int LineBytes = 64;

    public byte* Start { get; } = start;

    public nint Step { get; } = step;

    /// <summary>One of <paramref name="tiles"/> equal parts of the <paramref name="depth"/> × 32 floats at <paramref name="panel"/>, for a tile of that depth.</summary>
    public static Ahead Part(float* panel, int tile, int tiles, int depth)
    {
        nint step = Math.Min(LineBytes, (PackedMatrix.PanelWidth * sizeof(float) / tiles) + 1);
        return new Ahead((byte*)panel + (tile * step * depth), step);
    }

    /// <summary>The rows of C that a tile will write: its stores then need not wait for memory one after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FetchTile(float* c, nint stride, int rows)
    {
        for (int row = 0; row < rows; row++)
        {
            byte* line = (byte*)(c + (row * stride));
            Fetch(line);
            Fetch(line + LineBytes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch(byte* address)
    {
        // A hint: no address can make it fail, so running past the end of the last panel does no harm.
        if (Sse.IsSupported)
        {
            Sse.Prefetch1(address);
        }
    }
}
