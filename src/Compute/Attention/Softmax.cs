using System.Runtime.CompilerServices;
using Endpoints.Compute.Linear;
using Endpoints.Compute.Simd;

namespace Endpoints.Compute.Attention;

/// <summary>Softmax of one row, in place: pᵢ = e^(s xᵢ - s max) / Σ. The largest entry has exponent 0, so nothing overflows.</summary>
/// <remarks>Within 1e-6 of the double oracle; a NaN anywhere makes the whole row NaN. Two passes over a row that is in the first-level cache.</remarks>
internal static unsafe class Softmax
{
    /// <summary>Normalises <paramref name="count"/> values after scaling them by <paramref name="scale"/> (positive).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TSimd>(float* x, int count, float scale)
        where TSimd : struct, ISimd<TSimd>
    {
        float inverse = 1f / Exponentials<TSimd, Float32Element>(x, count, scale, (byte*)x);
        TSimd normalizer = TSimd.Broadcast(inverse);
        int i = 0;
        for (; i + TSimd.Width <= count; i += TSimd.Width)
        {
            TSimd.Store(TSimd.Load(x + i) * normalizer, x + i);
        }

        for (; i < count; i++)
        {
            x[i] *= inverse;
        }
    }

    /// <summary>Writes e^(s xᵢ - s max) to <paramref name="target"/>, which may be <paramref name="x"/> itself, and returns their sum: softmax less its division.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Exponentials<TSimd, TElement>(float* x, int count, float scale, byte* target)
        where TSimd : struct, ISimd<TSimd>
        where TElement : struct, IElement
    {
        float largest = Largest<TSimd>(x, count) * scale;
        TSimd factor = TSimd.Broadcast(scale), shift = TSimd.Broadcast(-largest), sums = TSimd.Zero;
        int i = 0;
        for (; i + TSimd.Width <= count; i += TSimd.Width)
        {
            TSimd e = VectorMath.Exp(TSimd.MultiplyAdd(TSimd.Load(x + i), factor, shift));
            TElement.Store(e, target, i);
            sums += e;
        }

        float sum = TSimd.Sum(sums);
        for (; i < count; i++)
        {
            SimdScalar e = VectorMath.Exp(SimdScalar.Broadcast((x[i] * scale) - largest));
            TElement.Store(e, target, i);
            sum += SimdScalar.Sum(e);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Largest<TSimd>(float* x, int count)
        where TSimd : struct, ISimd<TSimd>
    {
        float largest = float.NegativeInfinity;
        int i = 0;
        if (count >= TSimd.Width)
        {
            TSimd most = TSimd.Load(x);
            for (i = TSimd.Width; i + TSimd.Width <= count; i += TSimd.Width)
            {
                most = TSimd.Max(most, TSimd.Load(x + i));
            }

            largest = TSimd.Largest(most);
        }

        for (; i < count; i++)
        {
            largest = x[i] > largest ? x[i] : largest;
        }

        return largest;
    }
}
