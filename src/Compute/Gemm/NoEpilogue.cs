namespace Endpoints.Compute.Gemm;

/// <summary>Leaves the product as it is.</summary>
public readonly struct NoEpilogue : IEpilogue
{
    TSimd IEpilogue.Apply<TSimd>(TSimd c, int row, int column) => c;
}
