using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Endpoints.Compute.Simd;

/// <summary>16 floats in a 512-bit register.</summary>
internal readonly unsafe struct Simd512(Vector512<float> value) : ISimd<Simd512>
{
    private readonly Vector512<float> _value = value;

    public static int Width => 16;

    public static int TileRows => 12;

    public static Simd512 Zero => new(Vector512<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 Load(float* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 Broadcast(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Simd512 value, float* target) => value._value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 operator +(Simd512 left, Simd512 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 operator -(Simd512 left, Simd512 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 operator *(Simd512 left, Simd512 right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 operator /(Simd512 left, Simd512 right) => new(left._value / right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 MultiplyAdd(Simd512 a, Simd512 b, Simd512 c) => new(Vector512.MultiplyAddEstimate(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 Max(Simd512 left, Simd512 right) => new(Vector512.MaxNative(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 Min(Simd512 left, Simd512 right) => new(Vector512.MinNative(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 Abs(Simd512 value) => new(Vector512.Abs(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 SquareRoot(Simd512 value) => new(Vector512.Sqrt(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 Round(Simd512 value) => new(Vector512.Round(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 PowerOfTwo(Simd512 integral) =>
        new((Vector512.ConvertToInt32Native(integral._value) + Vector512.Create(127) << 23).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 SelectLess(Simd512 left, Simd512 right, Simd512 whenLess, Simd512 otherwise) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(left._value, right._value), whenLess._value, otherwise._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 LoadBFloat16(ushort* source) => new((Avx512F.ConvertToVector512UInt32(Vector256.Load(source)) << 16).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBFloat16(Simd512 value, ushort* target) => Avx512F.ConvertToVector256UInt16(RoundToHigh(value._value) >> 16).Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(Simd512 value, byte* target) => Avx512F.ConvertToVector128Byte(Avx512F.ConvertToVector512Int32(value._value)).Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 LowBFloat16(Simd512 pairs) => new((pairs._value.AsUInt32() << 16).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 HighBFloat16(Simd512 pairs) => new((pairs._value.AsUInt32() & Vector512.Create(0xFFFF_0000)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 PairBFloat16(ushort* low, ushort* high) =>
        new((Avx512F.ConvertToVector512UInt32(Vector256.Load(low)) | (Avx512F.ConvertToVector512UInt32(Vector256.Load(high)) << 16)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Simd512 value) => Vector512.Sum(value._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Simd512 value)
    {
        var half = Vector256.MaxNative(value._value.GetLower(), value._value.GetUpper());
        return Simd256.Largest(new Simd256(half));
    }

    /// <summary>The high halves are the bfloat16 values: half a unit of theirs is added, a bit less where that would leave a tie odd. A NaN is left as it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> RoundToHigh(Vector512<float> value)
    {
        Vector512<uint> bits = value.AsUInt32();
        Vector512<uint> rounded = bits + Vector512.Create(0x7FFFu) + ((bits >> 16) & Vector512<uint>.One);
        return Vector512.ConditionalSelect(Vector512.Equals(value, value).AsUInt32(), rounded, bits | Vector512.Create(0x0040_0000u));
    }

    /// <summary>4 × 4 within each quarter of the registers, then 4 × 4 quarters. 512-bit registers are x86's alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose(float* source, nint sourceStride, float* target, nint targetStride)
    {
        Quarters(source, sourceStride, out var a0, out var a1, out var a2, out var a3);
        Quarters(source + (4 * sourceStride), sourceStride, out var b0, out var b1, out var b2, out var b3);
        Quarters(source + (8 * sourceStride), sourceStride, out var c0, out var c1, out var c2, out var c3);
        Quarters(source + (12 * sourceStride), sourceStride, out var d0, out var d1, out var d2, out var d3);
        Columns(a0, b0, c0, d0, target, targetStride);
        Columns(a1, b1, c1, d1, target + targetStride, targetStride);
        Columns(a2, b2, c2, d2, target + (2 * targetStride), targetStride);
        Columns(a3, b3, c3, d3, target + (3 * targetStride), targetStride);
    }

    /// <summary>Four rows; result i holds columns i, 4 + i, 8 + i and 12 + i of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quarters(float* source, nint stride, out Vector512<float> c0, out Vector512<float> c1, out Vector512<float> c2, out Vector512<float> c3)
    {
        Vector512<float> a = Vector512.Load(source), b = Vector512.Load(source + stride);
        Vector512<float> c = Vector512.Load(source + (2 * stride)), d = Vector512.Load(source + (3 * stride));
        Vector512<float> ac = Avx512F.UnpackLow(a, c), bd = Avx512F.UnpackLow(b, d), moreAc = Avx512F.UnpackHigh(a, c), moreBd = Avx512F.UnpackHigh(b, d);
        c0 = Avx512F.UnpackLow(ac, bd);
        c1 = Avx512F.UnpackHigh(ac, bd);
        c2 = Avx512F.UnpackLow(moreAc, moreBd);
        c3 = Avx512F.UnpackHigh(moreAc, moreBd);
    }

    /// <summary>Columns i, 4 + i, 8 + i and 12 + i of sixteen rows, of which each argument holds four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Columns(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, float* target, nint stride)
    {
        const byte even = 0b10_00_10_00, odd = 0b11_01_11_01;
        Vector512<float> evenAb = Avx512F.Shuffle4x128(a, b, even), oddAb = Avx512F.Shuffle4x128(a, b, odd);
        Vector512<float> evenCd = Avx512F.Shuffle4x128(c, d, even), oddCd = Avx512F.Shuffle4x128(c, d, odd);
        Avx512F.Shuffle4x128(evenAb, evenCd, even).Store(target);
        Avx512F.Shuffle4x128(oddAb, oddCd, even).Store(target + (4 * stride));
        Avx512F.Shuffle4x128(evenAb, evenCd, odd).Store(target + (8 * stride));
        Avx512F.Shuffle4x128(oddAb, oddCd, odd).Store(target + (12 * stride));
    }
}
