namespace Endpoints.Compute.Simd;

/// <summary>A kernel with its arguments, generic over the vector width.</summary>
internal interface ISimdKernel
{
    void Run<TSimd>()
        where TSimd : struct, ISimd<TSimd>;
}

/// <summary>The one place where a path becomes a type.</summary>
internal static class SimdDispatch
{
    public static void Run<TKernel>(TKernel kernel, SimdPath path)
        where TKernel : struct, ISimdKernel
    {
        switch (path)
        {
            case SimdPath.Vector512: kernel.Run<Simd512>(); break;
            case SimdPath.Vector256: kernel.Run<Simd256>(); break;
            case SimdPath.Vector128: kernel.Run<Simd128>(); break;
            default: kernel.Run<SimdScalar>(); break;
        }
    }
}
