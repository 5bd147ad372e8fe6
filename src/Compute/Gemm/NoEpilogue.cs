namespace Endpoints.Compute.Gemm;

/// <summary>Leaves the product as it is.</summary>
internal readonly struct NoEpilogue : IEpilogue
{
    TSimd IEpilogue.Apply<TSimd>(TSimd c, int row, int column) => c;
}
