using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Endpoints.Compute.Gemm;

namespace Endpoints.Compute.Tiles;

/// <summary>Tile kernel for bytes in portable C#, on 128-bit vectors: each byte is widened to 32 bits. Exact, and slow: for processors without dot products of bytes.</summary>
internal static unsafe class ByteTile
{
    /// <summary>Most rows of a tile.</summary>
    public const int MaxRows = 4;

    private const int Width = 4;

    /// <summary>Computes a tile of <paramref name="columns"/> columns (rounded up to 4).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(int rows, int columns, TileArguments* tile)
    {
        for (int column = 0; column < columns; column += Width)
        {
            for (int row = 0; row < rows; row++)
            {
                Vector128<int> sum = default;
                byte* a = tile->A + (row * tile->ARow);
                int* b = (int*)tile->B + column;
                for (nint step = 0; step < tile->Steps; step++, a += sizeof(int), b += PackedMatrix.PanelWidth)
                {
                    Vector128<int> group = Vector128.Load(b);
                    sum += (group << 24 >> 24) * a[0];
                    sum += (group << 16 >> 24) * a[1];
                    sum += (group << 8 >> 24) * a[2];
                    sum += (group >> 24) * a[3];
                }

                Vector128.ConvertToSingle(sum).Store((float*)((byte*)tile->C + (row * tile->CRow)) + column);
            }
        }
    }
}
