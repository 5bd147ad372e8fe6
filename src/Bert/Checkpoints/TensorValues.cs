using System.Numerics;
using System.Runtime.InteropServices;

namespace Endpoints.Bert.Checkpoints;

/// <summary>Converts stored little-endian floats of 16 or 32 bits to float32, exactly.</summary>
internal static class TensorValues
{
    /// <summary>The types that <see cref="ToSingle"/> converts.</summary>
    public static IReadOnlyList<string> SupportedTypes { get; } = ["F32", "F16", "BF16"];

    /// <summary>Types as people list them: <c>F32, F16 or BF16</c>.</summary>
    public static string Describe(IReadOnlyList<string> types) =>
        types.Count == 1 ? types[0] : $"{string.Join(", ", types.SkipLast(1))} or {types[^1]}";

    /// <summary>Bytes of one element of a supported type.</summary>
    public static int ElementSize(string type) => type == "F32" ? sizeof(float) : sizeof(ushort);

    /// <summary>Converts as many elements as <paramref name="destination"/> holds; <paramref name="source"/> need not be aligned.</summary>
    public static void ToSingle(string type, ReadOnlySpan<byte> source, Span<float> destination)
    {
        switch (type)
        {
            case "F32":
                source.CopyTo(MemoryMarshal.AsBytes(destination));
                break;
            case "F16":
                Convert<HalfWidening>(MemoryMarshal.Cast<byte, ushort>(source), destination);
                break;
            case "BF16":
                Convert<BFloat16Widening>(MemoryMarshal.Cast<byte, ushort>(source), destination);
                break;
            default:
                throw new ArgumentException($"Expected {Describe(SupportedTypes)}, found {type}.", nameof(type));
        }
    }

    private static void Convert<TWidening>(ReadOnlySpan<ushort> source, Span<float> destination)
        where TWidening : IWidening
    {
        int i = 0;
        for (; i <= source.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Widen(new Vector<ushort>(source[i..]), out Vector<uint> low, out Vector<uint> high);
            TWidening.ToSingle(low).CopyTo(destination[i..]);
            TWidening.ToSingle(high).CopyTo(destination[(i + Vector<float>.Count)..]);
        }

        for (; i < source.Length; i++)
        {
            destination[i] = TWidening.ToSingle(new Vector<uint>(source[i]))[0];
        }
    }

    /// <summary>Turns 16-bit floats in the low halves of 32-bit lanes into float32.</summary>
    private interface IWidening
    {
        static abstract Vector<float> ToSingle(Vector<uint> bits);
    }

    /// <summary>bfloat16 is the upper half of a float32.</summary>
    private readonly struct BFloat16Widening : IWidening
    {
        public static Vector<float> ToSingle(Vector<uint> bits) => Vector.AsVectorSingle(bits << 16);
    }

    /// <summary>
    /// IEEE half: exponent and fraction move up 13 bits, and a multiplication by 2^112 corrects the exponent's bias (127 - 15), subnormals included.
    /// What had the largest exponent (infinity, NaN) gets the largest exponent again.
    /// </summary>
    private readonly struct HalfWidening : IWidening
    {
        public static Vector<float> ToSingle(Vector<uint> bits)
        {
            Vector<uint> magnitude = (bits & new Vector<uint>(0x7FFF)) << 13;
            Vector<uint> sign = (bits & new Vector<uint>(0x8000)) << 16;
            Vector<uint> rebiased = Vector.AsVectorUInt32(Vector.AsVectorSingle(magnitude) * BitConverter.UInt32BitsToSingle((127 + 112) << 23));
            Vector<uint> isSpecial = Vector.GreaterThanOrEqual(magnitude, new Vector<uint>(0x7C00 << 13));
            Vector<uint> special = magnitude | new Vector<uint>(0x7F80_0000);
            return Vector.AsVectorSingle(Vector.ConditionalSelect(isSpecial, special, rebiased) | sign);
        }
    }
}
