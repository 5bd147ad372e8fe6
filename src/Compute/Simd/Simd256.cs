using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Endpoints.Compute.Simd;

/// <summary>8 floats in a 256-bit register.</summary>
internal readonly unsafe struct Simd256(Vector256<float> value) : ISimd<Simd256>
{
    private readonly Vector256<float> _value = value;

    public static int Width => 8;

    public static int TileRows => 6;

    public static Simd256 Zero => new(Vector256<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Load(float* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Broadcast(float value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Simd256 value, float* target) => value._value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 operator +(Simd256 left, Simd256 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 operator -(Simd256 left, Simd256 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 operator *(Simd256 left, Simd256 right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 operator /(Simd256 left, Simd256 right) => new(left._value / right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 MultiplyAdd(Simd256 a, Simd256 b, Simd256 c) => new(Vector256.MultiplyAddEstimate(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Max(Simd256 left, Simd256 right) => new(Vector256.MaxNative(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Min(Simd256 left, Simd256 right) => new(Vector256.MinNative(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Abs(Simd256 value) => new(Vector256.Abs(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 SquareRoot(Simd256 value) => new(Vector256.Sqrt(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Round(Simd256 value) => new(Vector256.Round(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 PowerOfTwo(Simd256 integral) =>
        new((Vector256.ConvertToInt32Native(integral._value) + Vector256.Create(127) << 23).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 SelectLess(Simd256 left, Simd256 right, Simd256 whenLess, Simd256 otherwise) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(left._value, right._value), whenLess._value, otherwise._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 LoadBFloat16(ushort* source)
    {
        var values = Vector128.Load(source);
        return new((Vector256.Create(Vector128.WidenLower(values), Vector128.WidenUpper(values)) << 16).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBFloat16(Simd256 value, ushort* target)
    {
        Vector256<uint> high = RoundToHigh(value._value) >> 16;
        Vector128.Narrow(high.GetLower(), high.GetUpper()).Store(target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(Simd256 value, byte* target)
    {
        Vector256<uint> integers = Vector256.ConvertToInt32Native(Vector256.Round(value._value)).AsUInt32();
        var halves = Vector128.Narrow(integers.GetLower(), integers.GetUpper());
        Vector128.Narrow(halves, halves).GetLower().Store(target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 LowBFloat16(Simd256 pairs) => new((pairs._value.AsUInt32() << 16).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 HighBFloat16(Simd256 pairs) => new((pairs._value.AsUInt32() & Vector256.Create(0xFFFF_0000)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 PairBFloat16(ushort* low, ushort* high) =>
        new(((LoadBFloat16(low)._value.AsUInt32() >> 16) | LoadBFloat16(high)._value.AsUInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Simd256 value) => Vector256.Sum(value._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Simd256 value)
    {
        var half = Vector128.MaxNative(value._value.GetLower(), value._value.GetUpper());
        return Simd128.Largest(new Simd128(half));
    }

    /// <summary>The high halves are the bfloat16 values: half a unit of theirs is added, a bit less where that would leave a tie odd. A NaN is left as it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> RoundToHigh(Vector256<float> value)
    {
        Vector256<uint> bits = value.AsUInt32();
        Vector256<uint> rounded = bits + Vector256.Create(0x7FFFu) + ((bits >> 16) & Vector256<uint>.One);
        return Vector256.ConditionalSelect(Vector256.Equals(value, value).AsUInt32(), rounded, bits | Vector256.Create(0x0040_0000u));
    }

    /// <summary>4 × 4 within each half, then halves are exchanged. 256-bit registers are x86's alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose(float* source, nint sourceStride, float* target, nint targetStride)
    {
        Quarters(source, sourceStride, out var a0, out var a1, out var a2, out var a3);
        Quarters(source + (4 * sourceStride), sourceStride, out var b0, out var b1, out var b2, out var b3);
        Halves(a0, b0, target, targetStride);
        Halves(a1, b1, target + targetStride, targetStride);
        Halves(a2, b2, target + (2 * targetStride), targetStride);
        Halves(a3, b3, target + (3 * targetStride), targetStride);
    }

    /// <summary>Four rows; result i holds columns i and 4 + i of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quarters(float* source, nint stride, out Vector256<float> c0, out Vector256<float> c1, out Vector256<float> c2, out Vector256<float> c3)
    {
        Vector256<float> a = Vector256.Load(source), b = Vector256.Load(source + stride);
        Vector256<float> c = Vector256.Load(source + (2 * stride)), d = Vector256.Load(source + (3 * stride));
        Vector256<float> ac = Avx.UnpackLow(a, c), bd = Avx.UnpackLow(b, d), moreAc = Avx.UnpackHigh(a, c), moreBd = Avx.UnpackHigh(b, d);
        c0 = Avx.UnpackLow(ac, bd);
        c1 = Avx.UnpackHigh(ac, bd);
        c2 = Avx.UnpackLow(moreAc, moreBd);
        c3 = Avx.UnpackHigh(moreAc, moreBd);
    }

    /// <summary>Column i of eight rows, and column 4 + i.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Halves(Vector256<float> upperRows, Vector256<float> lowerRows, float* target, nint stride)
    {
        Avx.Permute2x128(upperRows, lowerRows, 0x20).Store(target);
        Avx.Permute2x128(upperRows, lowerRows, 0x31).Store(target + (4 * stride));
    }
}
