using System.Runtime.CompilerServices;
using Endpoints.Compute.Simd;

namespace Endpoints.Compute.Gemm;

/// <summary>A block of a product on one thread: some rows of A times one panel (at most 32 columns) of B, cut into tiles.</summary>
internal static unsafe class GemmBlock
{
    private const int PanelWidth = PackedMatrix.PanelWidth;
    private const int MaxTileRows = 12;
    private const int LineFloats = 16;

    /// <summary>
    /// Depth handled at a time, so that 32 columns of B (96 KB) and the rows of A in use stay in the second-level cache.
    /// </summary>
    private const int DepthBlock = 1024;

    /// <summary>C[rows, panel] = A[rows] · B[panel], or += with <paramref name="add"/>, then the epilogue.</summary>
    /// <param name="a">The whole left side.</param>
    /// <param name="b">The whole right side.</param>
    /// <param name="c">The whole result.</param>
    /// <param name="row">First row to compute.</param>
    /// <param name="rows">Rows to compute.</param>
    /// <param name="panel">Panel to compute.</param>
    /// <param name="add">Adds to C.</param>
    /// <param name="epilogue">What is done to the sums.</param>
    /// <param name="nextPanel">The panel that this thread will probably compute next, to be fetched meanwhile; null where B is in the cache.</param>
    /// <remarks>
    /// Whole panels without an epilogue go from registers to C. All else goes through scratch memory in the first-level cache: the part of
    /// a panel that exists, and what an epilogue reads (reading it back from C would wait for the stores of the rows above wherever C's
    /// stride is a multiple of 4 KB; 3072 columns lost 8 % to that).
    /// </remarks>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TSimd, TEpilogue>(
        LeftView a, RightView b, MatrixView c, int row, int rows, int panel, bool add, TEpilogue epilogue, int? nextPanel = null)
        where TSimd : struct, ISimd<TSimd>
        where TEpilogue : struct, IEpilogue
    {
        float* memory = stackalloc float[(MaxTileRows * PanelWidth) + LineFloats];
        float* scratch = (float*)(((nint)memory + (sizeof(float) * LineFloats) - 1) & -(sizeof(float) * LineFloats));
        int column = panel * PanelWidth;
        int columns = Math.Min(PanelWidth, b.Columns - column);

        // Tiles of nearly equal height: 13 rows run as 7 + 6, not as 12 + 1.
        int tiles = (rows + TSimd.TileRows - 1) / TSimd.TileRows;
        for (int k = 0; k < a.Depth || k == 0; k += DepthBlock)
        {
            int depth = Math.Min(DepthBlock, a.Depth - k);
            bool isLast = k + DepthBlock >= a.Depth;
            bool isDirect = columns == PanelWidth && (typeof(TEpilogue) == typeof(NoEpilogue) || !isLast);
            bool accumulates = add || k > 0;
            float* right = b.Panel(panel) + (k * b.RowStride);
            float* next = nextPanel is not { } after ? null : isLast ? b.Panel(after) : right + (DepthBlock * b.RowStride);
            for (int tile = 0, done = 0; tile < tiles; tile++)
            {
                int height = (rows - done + tiles - tile - 1) / (tiles - tile);
                float* left = a.Row(row + done) + (k * a.DepthStride);
                float* target = c.Row(row + done) + column;
                Ahead ahead = next is null ? new((byte*)right, 0) : Ahead.Part(next, tile, tiles, depth);
                if (next is not null)
                {
                    Ahead.FetchTile(target, c.Stride, height);
                }

                if (isDirect)
                {
                    Tiles<TSimd>(height, left, a.RowStride, a.DepthStride, right, b.RowStride, depth, target, c.Stride, columns, accumulates, ahead);
                }
                else
                {
                    Tiles<TSimd>(height, left, a.RowStride, a.DepthStride, right, b.RowStride, depth, scratch, PanelWidth, columns, add: false, ahead);
                    var sums = new MatrixView(scratch, height, columns, PanelWidth);
                    if (isLast)
                    {
                        EpilogueTraversal.Run<TSimd, TEpilogue>(epilogue, sums, c, row + done, column, accumulates);
                    }
                    else
                    {
                        EpilogueTraversal.Run<TSimd, NoEpilogue>(default, sums, c, row + done, column, accumulates);
                    }
                }

                done += height;
            }
        }
    }

    /// <summary>The tiles side by side that cover <paramref name="columns"/>; the last one may be wider, in C too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tiles<TSimd>(
        int rows, float* a, nint aRow, nint aDepth, float* b, nint bStride, int depth, float* c, nint cStride, int columns, bool add, Ahead ahead)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int column = 0; column < columns; column += 2 * TSimd.Width)
        {
            Tile.Run<TSimd>(rows, a, aRow, aDepth, b + column, bStride, depth, c + column, cStride, add, ahead);
        }
    }
}
