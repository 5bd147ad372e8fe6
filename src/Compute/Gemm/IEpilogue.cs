using System.Runtime.CompilerServices;
using Endpoints.Compute.Simd;

namespace Endpoints.Compute.Gemm;

/// <summary>What is done to finished sums on their way to C.</summary>
public interface IEpilogue
{
    /// <summary>The final value of one vector of C.</summary>
    /// <param name="c">The product's values.</param>
    /// <param name="row">Their row in C.</param>
    /// <param name="column">The column of the first of them.</param>
    internal TSimd Apply<TSimd>(TSimd c, int row, int column)
        where TSimd : struct, ISimd<TSimd>;
}

/// <summary>Takes sums to their place in C, by way of an epilogue.</summary>
internal static unsafe class EpilogueTraversal
{
    /// <summary>C = epilogue(sums), or epilogue(C + sums), for the elements of C that start at (row, column).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TSimd, TEpilogue>(TEpilogue epilogue, MatrixView sums, MatrixView c, int row, int column, bool add)
        where TSimd : struct, ISimd<TSimd>
        where TEpilogue : struct, IEpilogue
    {
        for (int r = 0; r < sums.Rows; r++)
        {
            float* from = sums.Row(r), to = c.Row(row + r) + column;
            int i = 0;
            for (; i + TSimd.Width <= sums.Columns; i += TSimd.Width)
            {
                TSimd value = add ? TSimd.Load(from + i) + TSimd.Load(to + i) : TSimd.Load(from + i);
                TSimd.Store(epilogue.Apply(value, row + r, column + i), to + i);
            }

            for (; i < sums.Columns; i++)
            {
                SimdScalar value = add ? SimdScalar.Load(from + i) + SimdScalar.Load(to + i) : SimdScalar.Load(from + i);
                SimdScalar.Store(epilogue.Apply(value, row + r, column + i), to + i);
            }
        }
    }
}
