using System.Runtime.CompilerServices;

namespace Endpoints.Compute.Simd;

/// <summary>Elementary functions on vectors. Accuracies were measured against double over the whole range by the tests.</summary>
internal static class VectorMath
{
    /// <summary>eˣ within 2e-7 relative for x in -87..88 and clamped there; NaN stays NaN. About 14 operations.</summary>
    /// <remarks>x = n ln 2 + r with |r| ≤ ln 2 / 2 (ln 2 in two parts), then 1 + r + r² p(r), p of degree 4 (minimax), times 2ⁿ.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSimd Exp<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        x = TSimd.Min(TSimd.Broadcast(88f), TSimd.Max(TSimd.Broadcast(-87f), x));
        TSimd n = TSimd.Round(x * TSimd.Broadcast(1.44269504f));
        TSimd r = TSimd.MultiplyAdd(n, TSimd.Broadcast(-0.693359375f), x);
        r = TSimd.MultiplyAdd(n, TSimd.Broadcast(2.12194440e-4f), r);
        TSimd p = TSimd.MultiplyAdd(TSimd.Broadcast(1.381461121e-3f), r, TSimd.Broadcast(8.368710257e-3f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(4.166838742e-2f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(1.666652069e-1f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(4.999999345e-1f));
        TSimd one = TSimd.Broadcast(1f);
        return TSimd.MultiplyAdd(p, r * r, r + one) * TSimd.PowerOfTwo(n);
    }

    /// <summary>erf(x) within 4e-7 absolute; NaN stays NaN. About 16 operations, one of them a division.</summary>
    /// <remarks>x P(x²) / Q(x²), both of degree 5 (minimax within 1.5e-8 on |x| ≤ 3.9, beyond which float32 cannot tell erf from 1).</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSimd Erf<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        x = TSimd.Min(TSimd.Broadcast(3.9f), TSimd.Max(TSimd.Broadcast(-3.9f), x));
        TSimd t = x * x;
        TSimd p = TSimd.MultiplyAdd(TSimd.Broadcast(2.050354396e-6f), t, TSimd.Broadcast(2.874463155e-4f));
        TSimd q = TSimd.MultiplyAdd(TSimd.Broadcast(3.822982005e-5f), t, TSimd.Broadcast(1.181666068e-3f));
        p = TSimd.MultiplyAdd(p, t, TSimd.Broadcast(3.836640321e-3f));
        q = TSimd.MultiplyAdd(q, t, TSimd.Broadcast(1.510874860e-2f));
        p = TSimd.MultiplyAdd(p, t, TSimd.Broadcast(5.296620332e-2f));
        q = TSimd.MultiplyAdd(q, t, TSimd.Broadcast(1.147561550e-1f));
        p = TSimd.MultiplyAdd(p, t, TSimd.Broadcast(1.919362609e-1f));
        q = TSimd.MultiplyAdd(q, t, TSimd.Broadcast(5.034308644e-1f));
        p = TSimd.MultiplyAdd(p, t, TSimd.Broadcast(1.128379033f));
        q = TSimd.MultiplyAdd(q, t, TSimd.Broadcast(1f));
        return x * p / q;
    }

    /// <summary>GELU(x) = x Φ(x) = x (1 + erf(x / √2)) / 2, the exact form that BERT uses; within 4e-7 |x|.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSimd Gelu<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd half = TSimd.Broadcast(0.5f) * x;
        return TSimd.MultiplyAdd(half, Erf(x * TSimd.Broadcast(0.70710678f)), half);
    }

    /// <summary>GELU(x) for results that are rounded to bfloat16 or less: within 6e-5 for |x| ≤ 8, and 7e-6 |x| beyond; NaN stays NaN. 13 operations, no division.</summary>
    /// <remarks>x (1/2 + x P(x²)), P of degree 8 in x² (minimax in the result for |x| ≤ 4.5, where Φ is within 3.4e-6 of its limits; beyond, the bracket keeps its value there).</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSimd GeluRounded<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd near = TSimd.Min(TSimd.Broadcast(4.5f), TSimd.Max(TSimd.Broadcast(-4.5f), x));
        TSimd t = near * near;
        TSimd p = TSimd.MultiplyAdd(TSimd.Broadcast(3.036335072e-11f), t, TSimd.Broadcast(-3.314585051e-9f));
        p = TSimd.MultiplyAdd(p, t, TSimd.Broadcast(1.590968850e-7f));
        p = TSimd.MultiplyAdd(p, t, TSimd.Broadcast(-4.451672794e-6f));
        p = TSimd.MultiplyAdd(p, t, TSimd.Broadcast(8.142450679e-5f));
        p = TSimd.MultiplyAdd(p, t, TSimd.Broadcast(-1.037586830e-3f));
        p = TSimd.MultiplyAdd(p, t, TSimd.Broadcast(9.585185908e-3f));
        p = TSimd.MultiplyAdd(p, t, TSimd.Broadcast(-6.598462164e-2f));
        p = TSimd.MultiplyAdd(p, t, TSimd.Broadcast(3.987125754e-1f));
        return x * TSimd.MultiplyAdd(p, near, TSimd.Broadcast(0.5f));
    }

    /// <summary>GELU'(x) = Φ(x) + x φ(x), within 6e-7 absolute for |x| ≤ 20.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSimd GeluDerivative<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd half = TSimd.Broadcast(0.5f);
        TSimd cumulative = TSimd.MultiplyAdd(half, Erf(x * TSimd.Broadcast(0.70710678f)), half);
        TSimd density = Exp(x * x * TSimd.Broadcast(-0.5f)) * TSimd.Broadcast(0.39894228f);
        return TSimd.MultiplyAdd(x, density, cumulative);
    }

    /// <summary>tanh(x) = 1 - 2 / (e²ˣ + 1), within 2e-7 absolute.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSimd Tanh<TSimd>(TSimd x)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd one = TSimd.Broadcast(1f);
        return one - (TSimd.Broadcast(2f) / (Exp(x + x) + one));
    }
}
