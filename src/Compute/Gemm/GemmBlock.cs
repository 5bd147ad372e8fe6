using System.Runtime.CompilerServices;
using Endpoints.Compute.Simd;

namespace Endpoints.Compute.Gemm;

/// <summary>A block of a product on one thread: some rows of A times one panel (at most 32 columns) of B, cut into tiles.</summary>
internal static unsafe class GemmBlock
{
    private const int PanelWidth = PackedMatrix.PanelWidth;
    private const int MaxTileRows = 12;

    /// <summary>
    /// Depth handled at a time, so that 32 columns of B (96 KB) and the rows of A in use stay in the second-level cache.
    /// </summary>
    private const int DepthBlock = 1024;

    /// <summary>C[rows, panel] = A[rows] · B[panel], or += with <paramref name="add"/>.</summary>
    /// <param name="a">A's first row to use.</param>
    /// <param name="aRow">Floats between rows of A.</param>
    /// <param name="aDepth">Floats between depth indices of A.</param>
    /// <param name="rows">Rows to compute.</param>
    /// <param name="b">B's panel.</param>
    /// <param name="bStride">Floats between depth indices of B.</param>
    /// <param name="depth">Length of the dot products.</param>
    /// <param name="c">C's first row to write, at the panel's first column.</param>
    /// <param name="cStride">Floats between rows of C.</param>
    /// <param name="columns">Columns of the panel that exist, 1 to 32; no other is written.</param>
    /// <param name="add">Adds to C.</param>
    public static void Run<TSimd>(
        float* a, nint aRow, nint aDepth, int rows, float* b, nint bStride, int depth, float* c, nint cStride, int columns, bool add)
        where TSimd : struct, ISimd<TSimd>
    {
        // Tiles of nearly equal height: 13 rows run as 7 + 6, not as 12 + 1.
        int tiles = (rows + TSimd.TileRows - 1) / TSimd.TileRows;
        for (int k = 0; k < depth || k == 0; k += DepthBlock)
        {
            int count = Math.Min(DepthBlock, depth - k);
            int done = 0;
            for (int tile = 0; tile < tiles; tile++)
            {
                int height = (rows - done + tiles - tile - 1) / (tiles - tile);
                Columns<TSimd>(
                    height, a + (done * aRow) + (k * aDepth), aRow, aDepth, b + (k * bStride), bStride, count, c + (done * cStride), cStride, columns, add || k > 0);
                done += height;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Columns<TSimd>(
        int rows, float* a, nint aRow, nint aDepth, float* b, nint bStride, int depth, float* c, nint cStride, int columns, bool add)
        where TSimd : struct, ISimd<TSimd>
    {
        int width = 2 * TSimd.Width;
        int column = 0;
        for (; column + width <= columns; column += width)
        {
            Tile.Run<TSimd>(rows, a, aRow, aDepth, b + column, bStride, depth, c + column, cStride, add);
        }

        if (column < columns)
        {
            PartOfTile<TSimd>(rows, a, aRow, aDepth, b + column, bStride, depth, c + column, cStride, columns - column, add);
        }
    }

    /// <summary>The last columns: a whole tile into scratch memory, then only the columns that exist into C.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void PartOfTile<TSimd>(
        int rows, float* a, nint aRow, nint aDepth, float* b, nint bStride, int depth, float* c, nint cStride, int columns, bool add)
        where TSimd : struct, ISimd<TSimd>
    {
        float* scratch = stackalloc float[MaxTileRows * PanelWidth];
        int width = 2 * TSimd.Width;
        Tile.Run<TSimd>(rows, a, aRow, aDepth, b, bStride, depth, scratch, width, add: false);
        for (int row = 0; row < rows; row++)
        {
            float* from = scratch + (row * width);
            float* to = c + (row * cStride);
            for (int column = 0; column < columns; column++)
            {
                to[column] = add ? to[column] + from[column] : from[column];
            }
        }
    }
}
