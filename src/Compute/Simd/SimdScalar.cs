namespace Endpoints.Compute.Simd;

/// <summary>One float: the fallback of a processor without vectors, and what row ends run on.</summary>
internal readonly unsafe struct SimdScalar(float value) : ISimd<SimdScalar>
{
    private readonly float _value = value;

    public static int Width => 1;

    public static int TileRows => 4;

    public static SimdScalar Zero => default;

    public static SimdScalar Load(float* source) => new(*source);

    public static SimdScalar Broadcast(float value) => new(value);

    public static void Store(SimdScalar value, float* target) => *target = value._value;

    public static SimdScalar operator +(SimdScalar left, SimdScalar right) => new(left._value + right._value);

    public static SimdScalar operator -(SimdScalar left, SimdScalar right) => new(left._value - right._value);

    public static SimdScalar operator *(SimdScalar left, SimdScalar right) => new(left._value * right._value);

    public static SimdScalar operator /(SimdScalar left, SimdScalar right) => new(left._value / right._value);

    public static SimdScalar MultiplyAdd(SimdScalar a, SimdScalar b, SimdScalar c) => new(float.MultiplyAddEstimate(a._value, b._value, c._value));

    public static SimdScalar Max(SimdScalar left, SimdScalar right) => new(left._value > right._value ? left._value : right._value);

    public static SimdScalar Min(SimdScalar left, SimdScalar right) => new(left._value < right._value ? left._value : right._value);

    public static SimdScalar Abs(SimdScalar value) => new(MathF.Abs(value._value));

    public static SimdScalar SquareRoot(SimdScalar value) => new(MathF.Sqrt(value._value));

    public static SimdScalar Round(SimdScalar value) => new(MathF.Round(value._value));

    public static SimdScalar PowerOfTwo(SimdScalar integral) => new(BitConverter.Int32BitsToSingle((int.CreateTruncating(integral._value) + 127) << 23));

    public static SimdScalar SelectLess(SimdScalar left, SimdScalar right, SimdScalar whenLess, SimdScalar otherwise) =>
        left._value < right._value ? whenLess : otherwise;

    public static SimdScalar LoadBFloat16(ushort* source) => new(BitConverter.UInt32BitsToSingle((uint)*source << 16));

    public static void StoreBFloat16(SimdScalar value, ushort* target)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value._value);
        *target = (ushort)((float.IsNaN(value._value) ? bits | 0x0040_0000 : bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    public static void StoreBytes(SimdScalar value, byte* target) => *target = byte.CreateTruncating(int.CreateTruncating(MathF.Round(value._value)));

    public static SimdScalar LowBFloat16(SimdScalar pairs) => new(BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(pairs._value) << 16));

    public static SimdScalar HighBFloat16(SimdScalar pairs) => new(BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(pairs._value) & 0xFFFF_0000));

    public static SimdScalar PairBFloat16(ushort* low, ushort* high) => new(BitConverter.UInt32BitsToSingle(*low | ((uint)*high << 16)));

    public static float Sum(SimdScalar value) => value._value;

    public static float Largest(SimdScalar value) => value._value;

    public static void Transpose(float* source, nint sourceStride, float* target, nint targetStride) => *target = *source;
}
