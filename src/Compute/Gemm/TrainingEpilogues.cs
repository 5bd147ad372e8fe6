using System.Runtime.CompilerServices;

namespace Endpoints.Compute.Gemm;

/// <summary>GELU(C + bias), and C + bias kept for the backward.</summary>
/// <param name="bias">One value for each column of C.</param>
/// <param name="input">Receives GELU's input; a matrix of C's shape.</param>
public readonly unsafe struct AddBiasGeluKeepInput(float* bias, MatrixView input) : IEpilogue
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TSimd IEpilogue.Apply<TSimd>(TSimd c, int row, int column)
    {
        TSimd x = c + TSimd.Load(bias + column);
        TSimd.Store(x, input.Row(row) + column);
        return Simd.VectorMath.Gelu(x);
    }
}

/// <summary>C + addend, which may be where C is stored: adds to it.</summary>
/// <param name="addend">A matrix of C's shape.</param>
public readonly unsafe struct AddMatrix(MatrixView addend) : IEpilogue
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TSimd IEpilogue.Apply<TSimd>(TSimd c, int row, int column) => c + TSimd.Load(addend.Row(row) + column);
}
