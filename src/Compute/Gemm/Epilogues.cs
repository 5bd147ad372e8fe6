using System.Runtime.CompilerServices;
using Endpoints.Compute.Simd;

namespace Endpoints.Compute.Gemm;

/// <summary>C + bias.</summary>
/// <param name="bias">One value for each column of C.</param>
public readonly unsafe struct AddBias(float* bias) : IEpilogue
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TSimd IEpilogue.Apply<TSimd>(TSimd c, int row, int column) => c + TSimd.Load(bias + column);
}

/// <summary>GELU(C + bias).</summary>
/// <param name="bias">One value for each column of C.</param>
public readonly unsafe struct AddBiasGelu(float* bias) : IEpilogue
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TSimd IEpilogue.Apply<TSimd>(TSimd c, int row, int column) => VectorMath.Gelu(c + TSimd.Load(bias + column));
}

/// <summary>GELU(C + bias) for a C that is rounded to bfloat16: cheaper, within that rounding.</summary>
/// <param name="bias">One value for each column of C.</param>
public readonly unsafe struct AddBiasGeluRounded(float* bias) : IEpilogue
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TSimd IEpilogue.Apply<TSimd>(TSimd c, int row, int column) => VectorMath.GeluRounded(c + TSimd.Load(bias + column));
}

/// <summary>tanh(C + bias).</summary>
/// <param name="bias">One value for each column of C.</param>
public readonly unsafe struct AddBiasTanh(float* bias) : IEpilogue
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TSimd IEpilogue.Apply<TSimd>(TSimd c, int row, int column) => VectorMath.Tanh(c + TSimd.Load(bias + column));
}

/// <summary>C + bias + residual.</summary>
/// <param name="bias">One value for each column of C.</param>
/// <param name="residual">A matrix of C's shape.</param>
public readonly unsafe struct AddBiasResidual(float* bias, MatrixView residual) : IEpilogue
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TSimd IEpilogue.Apply<TSimd>(TSimd c, int row, int column) => c + TSimd.Load(bias + column) + TSimd.Load(residual.Row(row) + column);
}
