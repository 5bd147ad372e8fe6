using System.Runtime.CompilerServices;
using Endpoints.Compute.Simd;

namespace Endpoints.Compute.Linear;

/// <summary>How finished values are stored.</summary>
internal unsafe interface IElement
{
    static abstract void Store<TSimd>(TSimd value, byte* row, int column)
        where TSimd : struct, ISimd<TSimd>;
}

internal readonly unsafe struct Float32Element : IElement
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TSimd>(TSimd value, byte* row, int column)
        where TSimd : struct, ISimd<TSimd> => TSimd.Store(value, (float*)row + column);
}

internal readonly unsafe struct BFloat16Element : IElement
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TSimd>(TSimd value, byte* row, int column)
        where TSimd : struct, ISimd<TSimd> => TSimd.StoreBFloat16(value, (ushort*)row + column);
}
