using System.Runtime.CompilerServices;
using Endpoints.Compute.Simd;

namespace Endpoints.Compute.Gemm;

/// <summary>What is done to a finished block of C while it is still in the cache.</summary>
public interface IEpilogue
{
    /// <summary>The final value of one vector of C.</summary>
    /// <param name="c">The product's values.</param>
    /// <param name="row">Their row in C.</param>
    /// <param name="column">The column of the first of them.</param>
    internal TSimd Apply<TSimd>(TSimd c, int row, int column)
        where TSimd : struct, ISimd<TSimd>;
}

/// <summary>Goes through a block once for any epilogue.</summary>
internal static unsafe class EpilogueTraversal
{
    /// <summary>Applies an epilogue to <paramref name="rows"/> × <paramref name="columns"/> values of C that start at (row, column).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TSimd, TEpilogue>(TEpilogue epilogue, MatrixView c, int row, int rows, int column, int columns)
        where TSimd : struct, ISimd<TSimd>
        where TEpilogue : struct, IEpilogue
    {
        for (int r = row; r < row + rows; r++)
        {
            float* line = c.Row(r);
            int i = column;
            for (; i + TSimd.Width <= column + columns; i += TSimd.Width)
            {
                TSimd.Store(epilogue.Apply(TSimd.Load(line + i), r, i), line + i);
            }

            for (; i < column + columns; i++)
            {
                SimdScalar.Store(epilogue.Apply(SimdScalar.Load(line + i), r, i), line + i);
            }
        }
    }
}
