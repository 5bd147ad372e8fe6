using System.Runtime.CompilerServices;
using Endpoints.Compute.Simd;

namespace Endpoints.Compute.Gemm;

/// <summary>
/// The micro-kernel: C (r × 2w) = A (r × depth) · B (depth × 2w), or += where asked, for r = 1..12 rows and vectors of w floats.
/// </summary>
/// <remarks>
/// The accumulators stay in registers for the whole depth: 12 × 2 vectors of the 32 that AVX-512 has. Each step loads two vectors of B,
/// broadcasts r values of A and does 2r multiply-adds, so the two FMA units and not the two load ports are the limit from r = 2 on.
/// Summed in order of depth, one rounding a step: a tile's result depends on nothing but its own row of A and columns of B.
/// Row counts are types, so the JIT drops the rows that are not there; accumulators cannot be an array, for that would live in memory.
/// </remarks>
internal static unsafe class Tile
{
    /// <summary>Computes one tile.</summary>
    /// <param name="rows">1 to <see cref="ISimd{TSelf}.TileRows"/>.</param>
    /// <param name="a">A's element (0, 0).</param>
    /// <param name="aRow">Floats from one row of A to the next.</param>
    /// <param name="aDepth">Floats from one depth index of A to the next: 1, or the stride of a transposed A.</param>
    /// <param name="b">B's element (0, 0); its rows are side by side at <paramref name="bStride"/>.</param>
    /// <param name="bStride">Floats from one depth index of B to the next.</param>
    /// <param name="depth">Length of the dot products.</param>
    /// <param name="c">C's element (0, 0).</param>
    /// <param name="cStride">Floats from one row of C to the next.</param>
    /// <param name="add">Adds to C instead of overwriting it.</param>
    /// <param name="ahead">What to bring into the cache meanwhile.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TSimd>(
        int rows, float* a, nint aRow, nint aDepth, float* b, nint bStride, int depth, float* c, nint cStride, bool add, Ahead ahead)
        where TSimd : struct, ISimd<TSimd>
    {
        switch (rows)
        {
            case 1: Run<TSimd, Rows1>(a, aRow, aDepth, b, bStride, depth, c, cStride, add, ahead); break;
            case 2: Run<TSimd, Rows2>(a, aRow, aDepth, b, bStride, depth, c, cStride, add, ahead); break;
            case 3: Run<TSimd, Rows3>(a, aRow, aDepth, b, bStride, depth, c, cStride, add, ahead); break;
            case 4: Run<TSimd, Rows4>(a, aRow, aDepth, b, bStride, depth, c, cStride, add, ahead); break;
            case 5: Run<TSimd, Rows5>(a, aRow, aDepth, b, bStride, depth, c, cStride, add, ahead); break;
            case 6: Run<TSimd, Rows6>(a, aRow, aDepth, b, bStride, depth, c, cStride, add, ahead); break;
            case 7: Run<TSimd, Rows7>(a, aRow, aDepth, b, bStride, depth, c, cStride, add, ahead); break;
            case 8: Run<TSimd, Rows8>(a, aRow, aDepth, b, bStride, depth, c, cStride, add, ahead); break;
            case 9: Run<TSimd, Rows9>(a, aRow, aDepth, b, bStride, depth, c, cStride, add, ahead); break;
            case 10: Run<TSimd, Rows10>(a, aRow, aDepth, b, bStride, depth, c, cStride, add, ahead); break;
            case 11: Run<TSimd, Rows11>(a, aRow, aDepth, b, bStride, depth, c, cStride, add, ahead); break;
            case 12: Run<TSimd, Rows12>(a, aRow, aDepth, b, bStride, depth, c, cStride, add, ahead); break;
            default: throw new ArgumentOutOfRangeException(nameof(rows), rows, "A tile has 1 to 12 rows.");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TSimd, TRows>(
        float* a, nint aRow, nint aDepth, float* b, nint bStride, int depth, float* c, nint cStride, bool add, Ahead ahead)
        where TSimd : struct, ISimd<TSimd>
        where TRows : struct, IRows
    {
        TSimd l0 = TSimd.Zero, r0 = TSimd.Zero;
        TSimd l1 = TSimd.Zero, r1 = TSimd.Zero;
        TSimd l2 = TSimd.Zero, r2 = TSimd.Zero;
        TSimd l3 = TSimd.Zero, r3 = TSimd.Zero;
        TSimd l4 = TSimd.Zero, r4 = TSimd.Zero;
        TSimd l5 = TSimd.Zero, r5 = TSimd.Zero;
        TSimd l6 = TSimd.Zero, r6 = TSimd.Zero;
        TSimd l7 = TSimd.Zero, r7 = TSimd.Zero;
        TSimd l8 = TSimd.Zero, r8 = TSimd.Zero;
        TSimd l9 = TSimd.Zero, r9 = TSimd.Zero;
        TSimd l10 = TSimd.Zero, r10 = TSimd.Zero;
        TSimd l11 = TSimd.Zero, r11 = TSimd.Zero;

        // Four pointers, three rows each, address all twelve rows with one index register.
        float* a0 = a, a3 = a + (3 * aRow), a6 = a + (6 * aRow), a9 = a + (9 * aRow);
        byte* next = ahead.Start;
        for (int k = 0; k < depth; k++)
        {
            TSimd left = TSimd.Load(b), right = TSimd.Load(b + TSimd.Width), value;
            b += bStride;
            Ahead.Fetch(next);
            next += ahead.Step;
            if (TRows.Count > 0) { value = TSimd.Broadcast(*a0); l0 = TSimd.MultiplyAdd(value, left, l0); r0 = TSimd.MultiplyAdd(value, right, r0); }
            if (TRows.Count > 1) { value = TSimd.Broadcast(a0[aRow]); l1 = TSimd.MultiplyAdd(value, left, l1); r1 = TSimd.MultiplyAdd(value, right, r1); }
            if (TRows.Count > 2) { value = TSimd.Broadcast(a0[2 * aRow]); l2 = TSimd.MultiplyAdd(value, left, l2); r2 = TSimd.MultiplyAdd(value, right, r2); }
            if (TRows.Count > 0) { a0 += aDepth; }
            if (TRows.Count > 3) { value = TSimd.Broadcast(*a3); l3 = TSimd.MultiplyAdd(value, left, l3); r3 = TSimd.MultiplyAdd(value, right, r3); }
            if (TRows.Count > 4) { value = TSimd.Broadcast(a3[aRow]); l4 = TSimd.MultiplyAdd(value, left, l4); r4 = TSimd.MultiplyAdd(value, right, r4); }
            if (TRows.Count > 5) { value = TSimd.Broadcast(a3[2 * aRow]); l5 = TSimd.MultiplyAdd(value, left, l5); r5 = TSimd.MultiplyAdd(value, right, r5); }
            if (TRows.Count > 3) { a3 += aDepth; }
            if (TRows.Count > 6) { value = TSimd.Broadcast(*a6); l6 = TSimd.MultiplyAdd(value, left, l6); r6 = TSimd.MultiplyAdd(value, right, r6); }
            if (TRows.Count > 7) { value = TSimd.Broadcast(a6[aRow]); l7 = TSimd.MultiplyAdd(value, left, l7); r7 = TSimd.MultiplyAdd(value, right, r7); }
            if (TRows.Count > 8) { value = TSimd.Broadcast(a6[2 * aRow]); l8 = TSimd.MultiplyAdd(value, left, l8); r8 = TSimd.MultiplyAdd(value, right, r8); }
            if (TRows.Count > 6) { a6 += aDepth; }
            if (TRows.Count > 9) { value = TSimd.Broadcast(*a9); l9 = TSimd.MultiplyAdd(value, left, l9); r9 = TSimd.MultiplyAdd(value, right, r9); }
            if (TRows.Count > 10) { value = TSimd.Broadcast(a9[aRow]); l10 = TSimd.MultiplyAdd(value, left, l10); r10 = TSimd.MultiplyAdd(value, right, r10); }
            if (TRows.Count > 11) { value = TSimd.Broadcast(a9[2 * aRow]); l11 = TSimd.MultiplyAdd(value, left, l11); r11 = TSimd.MultiplyAdd(value, right, r11); }
            if (TRows.Count > 9) { a9 += aDepth; }
        }

        if (TRows.Count > 0) { Finish(l0, r0, c + (0 * cStride), add); }
        if (TRows.Count > 1) { Finish(l1, r1, c + (1 * cStride), add); }
        if (TRows.Count > 2) { Finish(l2, r2, c + (2 * cStride), add); }
        if (TRows.Count > 3) { Finish(l3, r3, c + (3 * cStride), add); }
        if (TRows.Count > 4) { Finish(l4, r4, c + (4 * cStride), add); }
        if (TRows.Count > 5) { Finish(l5, r5, c + (5 * cStride), add); }
        if (TRows.Count > 6) { Finish(l6, r6, c + (6 * cStride), add); }
        if (TRows.Count > 7) { Finish(l7, r7, c + (7 * cStride), add); }
        if (TRows.Count > 8) { Finish(l8, r8, c + (8 * cStride), add); }
        if (TRows.Count > 9) { Finish(l9, r9, c + (9 * cStride), add); }
        if (TRows.Count > 10) { Finish(l10, r10, c + (10 * cStride), add); }
        if (TRows.Count > 11) { Finish(l11, r11, c + (11 * cStride), add); }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<TSimd>(TSimd left, TSimd right, float* c, bool add)
        where TSimd : struct, ISimd<TSimd>
    {
        if (add)
        {
            left += TSimd.Load(c);
            right += TSimd.Load(c + TSimd.Width);
        }

        TSimd.Store(left, c);
        TSimd.Store(right, c + TSimd.Width);
    }
}
