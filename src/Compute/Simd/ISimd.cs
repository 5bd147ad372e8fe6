namespace Endpoints.Compute.Simd;

/// <summary>
/// A vector of floats of one width. A kernel is written once, generic over this, and the JIT compiles it for each width:
/// every member is one instruction where the processor has the width.
/// </summary>
/// <typeparam name="TSelf">The width itself: <see cref="Simd512"/>, <see cref="Simd256"/>, <see cref="Simd128"/> or <see cref="SimdScalar"/>.</typeparam>
internal unsafe interface ISimd<TSelf>
    where TSelf : struct, ISimd<TSelf>
{
    /// <summary>Floats in a vector.</summary>
    static abstract int Width { get; }

    /// <summary>Most rows of a GEMM tile that is two vectors wide, so that its accumulators stay in registers.</summary>
    static abstract int TileRows { get; }

    static abstract TSelf Zero { get; }

    static abstract TSelf Load(float* source);

    static abstract TSelf Broadcast(float value);

    static abstract void Store(TSelf value, float* target);

    /// <summary>Widens bfloat16 values that lie side by side.</summary>
    static abstract TSelf LoadBFloat16(ushort* source);

    /// <summary>Rounds to bfloat16, to nearest with ties to even; NaN stays NaN.</summary>
    static abstract void StoreBFloat16(TSelf value, ushort* target);

    /// <summary>Rounds values in 0..255 to bytes, ties to even.</summary>
    static abstract void StoreBytes(TSelf value, byte* target);

    /// <summary>The low half of each 32 bits, a bfloat16, as float.</summary>
    static abstract TSelf LowBFloat16(TSelf pairs);

    /// <summary>The high half of each 32 bits, a bfloat16, as float.</summary>
    static abstract TSelf HighBFloat16(TSelf pairs);

    /// <summary>Puts bfloat16 values side by side in pairs: the low and the high halves of 32 bits.</summary>
    static abstract TSelf PairBFloat16(ushort* low, ushort* high);

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    static abstract TSelf operator *(TSelf left, TSelf right);

    static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary>a × b + c, rounded once where the processor has it.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>The larger; where <paramref name="right"/> is NaN, NaN.</summary>
    static abstract TSelf Max(TSelf left, TSelf right);

    /// <summary>The smaller; where <paramref name="right"/> is NaN, NaN.</summary>
    static abstract TSelf Min(TSelf left, TSelf right);

    static abstract TSelf Abs(TSelf value);

    static abstract TSelf SquareRoot(TSelf value);

    static abstract TSelf Round(TSelf value);

    /// <summary>2 to the power of an integral value in -126..127.</summary>
    static abstract TSelf PowerOfTwo(TSelf integral);

    /// <summary><paramref name="whenLess"/> where left is less than right, else (also for NaN) <paramref name="otherwise"/>.</summary>
    static abstract TSelf SelectLess(TSelf left, TSelf right, TSelf whenLess, TSelf otherwise);

    /// <summary>Sum of the lanes, always in the same order.</summary>
    static abstract float Sum(TSelf value);

    static abstract float Largest(TSelf value);

    /// <summary>Writes a block of Width × Width floats with rows and columns exchanged; the two do not overlap. Strides are in floats.</summary>
    static abstract void Transpose(float* source, nint sourceStride, float* target, nint targetStride);
}
