using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Endpoints.Compute.Gemm;

namespace Endpoints.Compute.Tiles;

/// <summary>Tile kernel for bytes on 256-bit AVX-VNNI: 6 rows × 16 columns of exact 32-bit integers in registers.</summary>
internal static unsafe class AvxVnniTile
{
    /// <summary>Most rows: 6 × 2 sums, 2 vectors of B and 1 of A stay within 16 registers.</summary>
    public const int MaxRows = 6;

    private const int Width = 8;

    /// <summary>True where the processor has it.</summary>
    public static bool IsSupported => AvxVnni.IsSupported;

    /// <summary>Computes a tile of <paramref name="columns"/> columns (rounded up to 16).</summary>
    public static void Run(int rows, int columns, TileArguments* tile)
    {
        for (int column = 0; column < columns; column += 2 * Width)
        {
            switch (rows)
            {
                case 1: Run<Rows1>(column, tile); break;
                case 2: Run<Rows2>(column, tile); break;
                case 3: Run<Rows3>(column, tile); break;
                case 4: Run<Rows4>(column, tile); break;
                case 5: Run<Rows5>(column, tile); break;
                case 6: Run<Rows6>(column, tile); break;
                default: throw new ArgumentOutOfRangeException(nameof(rows), rows, "A tile has 1 to 6 rows.");
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TRows>(int column, TileArguments* tile)
        where TRows : struct, IRows
    {
        Vector256<int> l0 = default, r0 = default, l1 = default, r1 = default, l2 = default, r2 = default;
        Vector256<int> l3 = default, r3 = default, l4 = default, r4 = default, l5 = default, r5 = default;
        byte* a = tile->A;
        nint row = tile->ARow;
        int* b = (int*)tile->B + column;
        for (nint step = 0; step < tile->Steps; step++, a += sizeof(int), b += PackedMatrix.PanelWidth)
        {
            Vector256<sbyte> left = Vector256.Load(b).AsSByte(), right = Vector256.Load(b + Width).AsSByte();
            Vector256<byte> value;
            if (TRows.Count > 0) { value = Vector256.Create(*(int*)(a + (0 * row))).AsByte(); l0 = AvxVnni.MultiplyWideningAndAdd(l0, value, left); r0 = AvxVnni.MultiplyWideningAndAdd(r0, value, right); }
            if (TRows.Count > 1) { value = Vector256.Create(*(int*)(a + (1 * row))).AsByte(); l1 = AvxVnni.MultiplyWideningAndAdd(l1, value, left); r1 = AvxVnni.MultiplyWideningAndAdd(r1, value, right); }
            if (TRows.Count > 2) { value = Vector256.Create(*(int*)(a + (2 * row))).AsByte(); l2 = AvxVnni.MultiplyWideningAndAdd(l2, value, left); r2 = AvxVnni.MultiplyWideningAndAdd(r2, value, right); }
            if (TRows.Count > 3) { value = Vector256.Create(*(int*)(a + (3 * row))).AsByte(); l3 = AvxVnni.MultiplyWideningAndAdd(l3, value, left); r3 = AvxVnni.MultiplyWideningAndAdd(r3, value, right); }
            if (TRows.Count > 4) { value = Vector256.Create(*(int*)(a + (4 * row))).AsByte(); l4 = AvxVnni.MultiplyWideningAndAdd(l4, value, left); r4 = AvxVnni.MultiplyWideningAndAdd(r4, value, right); }
            if (TRows.Count > 5) { value = Vector256.Create(*(int*)(a + (5 * row))).AsByte(); l5 = AvxVnni.MultiplyWideningAndAdd(l5, value, left); r5 = AvxVnni.MultiplyWideningAndAdd(r5, value, right); }
        }

        float* c = tile->C + column;
        nint stride = tile->CRow / sizeof(float);
        if (TRows.Count > 0) { Finish(l0, r0, c + (0 * stride)); }
        if (TRows.Count > 1) { Finish(l1, r1, c + (1 * stride)); }
        if (TRows.Count > 2) { Finish(l2, r2, c + (2 * stride)); }
        if (TRows.Count > 3) { Finish(l3, r3, c + (3 * stride)); }
        if (TRows.Count > 4) { Finish(l4, r4, c + (4 * stride)); }
        if (TRows.Count > 5) { Finish(l5, r5, c + (5 * stride)); }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(Vector256<int> left, Vector256<int> right, float* c)
    {
        Vector256.ConvertToSingle(left).Store(c);
        Vector256.ConvertToSingle(right).Store(c + Width);
    }
}
