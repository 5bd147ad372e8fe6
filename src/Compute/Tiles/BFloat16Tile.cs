using System.Runtime.CompilerServices;
using Endpoints.Compute.Gemm;
using Endpoints.Compute.Simd;

namespace Endpoints.Compute.Tiles;

/// <summary>
/// Tile kernel for pairs of bfloat16 in portable C#: both are widened to float32 (a shift or a mask) and multiplied there, so products are exact.
/// Half the memory of float32; the arithmetic rate is float32's, less the widening.
/// </summary>
internal static unsafe class BFloat16Tile
{
    /// <summary>Most rows: 4 × 2 sums, 4 widened vectors of B and 2 of A stay within 16 registers.</summary>
    public const int MaxRows = 4;

    /// <summary>Computes a tile of <paramref name="columns"/> columns (rounded up to whole vectors).</summary>
    public static void Run<TSimd>(int rows, int columns, TileArguments* tile)
        where TSimd : struct, ISimd<TSimd> => Run<TSimd>(rows, columns, tile, tile->ARow, sizeof(uint));

    /// <summary>The same, with the left side in panels.</summary>
    public static void RunPanels<TSimd>(int rows, int columns, TileArguments* tile)
        where TSimd : struct, ISimd<TSimd> => Run<TSimd>(rows, columns, tile, sizeof(uint), PackedMatrix.PanelWidth * sizeof(uint));

    private static void Run<TSimd>(int rows, int columns, TileArguments* tile, nint row, nint step)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int column = 0; column < columns; column += 2 * TSimd.Width)
        {
            switch (rows)
            {
                case 1: Run<TSimd, Rows1>(column, tile, row, step); break;
                case 2: Run<TSimd, Rows2>(column, tile, row, step); break;
                case 3: Run<TSimd, Rows3>(column, tile, row, step); break;
                case 4: Run<TSimd, Rows4>(column, tile, row, step); break;
                default: throw new ArgumentOutOfRangeException(nameof(rows), rows, "A tile has 1 to 4 rows.");
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TSimd, TRows>(int column, TileArguments* tile, nint row, nint step)
        where TSimd : struct, ISimd<TSimd>
        where TRows : struct, IRows
    {
        TSimd l0 = TSimd.Zero, r0 = TSimd.Zero, l1 = TSimd.Zero, r1 = TSimd.Zero, l2 = TSimd.Zero, r2 = TSimd.Zero, l3 = TSimd.Zero, r3 = TSimd.Zero;
        byte* a = tile->A;
        float* b = (float*)tile->B + column;
        for (nint group = 0; group < tile->Steps; group++, a += step, b += PackedMatrix.PanelWidth)
        {
            TSimd left = TSimd.Load(b), right = TSimd.Load(b + TSimd.Width);
            TSimd leftLow = TSimd.LowBFloat16(left), leftHigh = TSimd.HighBFloat16(left);
            TSimd rightLow = TSimd.LowBFloat16(right), rightHigh = TSimd.HighBFloat16(right);
            if (TRows.Count > 0)
            {
                TSimd low = Low<TSimd>(a + (0 * row)), high = High<TSimd>(a + (0 * row));
                l0 = TSimd.MultiplyAdd(high, leftHigh, TSimd.MultiplyAdd(low, leftLow, l0));
                r0 = TSimd.MultiplyAdd(high, rightHigh, TSimd.MultiplyAdd(low, rightLow, r0));
            }

            if (TRows.Count > 1)
            {
                TSimd low = Low<TSimd>(a + (1 * row)), high = High<TSimd>(a + (1 * row));
                l1 = TSimd.MultiplyAdd(high, leftHigh, TSimd.MultiplyAdd(low, leftLow, l1));
                r1 = TSimd.MultiplyAdd(high, rightHigh, TSimd.MultiplyAdd(low, rightLow, r1));
            }

            if (TRows.Count > 2)
            {
                TSimd low = Low<TSimd>(a + (2 * row)), high = High<TSimd>(a + (2 * row));
                l2 = TSimd.MultiplyAdd(high, leftHigh, TSimd.MultiplyAdd(low, leftLow, l2));
                r2 = TSimd.MultiplyAdd(high, rightHigh, TSimd.MultiplyAdd(low, rightLow, r2));
            }

            if (TRows.Count > 3)
            {
                TSimd low = Low<TSimd>(a + (3 * row)), high = High<TSimd>(a + (3 * row));
                l3 = TSimd.MultiplyAdd(high, leftHigh, TSimd.MultiplyAdd(low, leftLow, l3));
                r3 = TSimd.MultiplyAdd(high, rightHigh, TSimd.MultiplyAdd(low, rightLow, r3));
            }
        }

        float* c = tile->C + column;
        nint stride = tile->CRow / sizeof(float);
        if (TRows.Count > 0) { TSimd.Store(l0, c + (0 * stride)); TSimd.Store(r0, c + (0 * stride) + TSimd.Width); }
        if (TRows.Count > 1) { TSimd.Store(l1, c + (1 * stride)); TSimd.Store(r1, c + (1 * stride) + TSimd.Width); }
        if (TRows.Count > 2) { TSimd.Store(l2, c + (2 * stride)); TSimd.Store(r2, c + (2 * stride) + TSimd.Width); }
        if (TRows.Count > 3) { TSimd.Store(l3, c + (3 * stride)); TSimd.Store(r3, c + (3 * stride) + TSimd.Width); }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSimd Low<TSimd>(byte* group)
        where TSimd : struct, ISimd<TSimd> => TSimd.Broadcast(BitConverter.UInt32BitsToSingle(*(uint*)group << 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSimd High<TSimd>(byte* group)
        where TSimd : struct, ISimd<TSimd> => TSimd.Broadcast(BitConverter.UInt32BitsToSingle(*(uint*)group & 0xFFFF_0000));
}
