using System.Runtime.CompilerServices;
using Endpoints.Compute.Gemm;

namespace Endpoints.Compute.Linear;

/// <summary>Turns sums of products of bytes into what they stand for, then goes on with another epilogue.</summary>
/// <remarks>Σ (s q + o)(w v) = w (s Σ q v + o Σ v) for a row's scale s and offset o, a column's scale w and its integers v.</remarks>
/// <param name="rows">Scale and offset of each row of A.</param>
/// <param name="scales">Scale of each column of B.</param>
/// <param name="sums">Sum of each column of B.</param>
/// <param name="next">What is done then.</param>
internal readonly unsafe struct Dequantized<TEpilogue>(float* rows, float* scales, float* sums, TEpilogue next) : IEpilogue
    where TEpilogue : struct, IEpilogue
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TSimd IEpilogue.Apply<TSimd>(TSimd c, int row, int column)
    {
        TSimd scale = TSimd.Broadcast(rows[2 * row]), offset = TSimd.Broadcast(rows[(2 * row) + 1]);
        TSimd value = TSimd.MultiplyAdd(scale, c, offset * TSimd.Load(sums + column)) * TSimd.Load(scales + column);
        return next.Apply(value, row, column);
    }
}
