using System.Numerics;
using System.Runtime.InteropServices;

namespace Endpoints.Compute.Quantization;

/// <summary>
/// The definition of an int8 weight: each output channel (a row of the weight) has one scale s, and w becomes q = round(w / s), ties to even,
/// with s = max|w| / 127 cut to 17 significant bits.
/// </summary>
/// <remarks>
/// The cut changes a weight by less than 1/500 of a step and makes every q·s exact in float32 (7 + 17 bits). So what was quantised, stored and read back
/// as float32 quantises to the same q and the same s again, bit for bit.
/// </remarks>
public static class ChannelQuantizer
{
    /// <summary>Largest magnitude of a quantised weight. -128 is not used, so that every value has its negative.</summary>
    public const int Largest = 127;

    /// <summary>Bits of a float32's fraction that a scale leaves zero.</summary>
    private const int CutBits = 7;

    private const int InfinityBits = 0x7F80_0000;

    /// <summary>Below this a scale is subnormal and has no 17 bits; such weights add nothing to any sum and count as zero.</summary>
    private const float SmallestScale = 1.17549435e-38f;

    /// <summary>Quantises one row.</summary>
    /// <param name="row">The weights of one output, any number of them.</param>
    /// <param name="quantized">Receives as many values from -127 to 127; all 0 for a row of zeros.</param>
    /// <returns>The scale s, so that q·s is near w; 0 for a row of zeros.</returns>
    /// <exception cref="ArgumentException">A weight is NaN or infinite (the message names it), or the lengths differ.</exception>
    public static float Quantize(ReadOnlySpan<float> row, Span<sbyte> quantized)
    {
        RequireSameLength(row.Length, quantized.Length);
        float scale = Scale(row);
        if (scale == 0)
        {
            quantized.Clear();
            return 0;
        }

        int i = 0;
        for (; i <= row.Length - Vector<sbyte>.Count; i += Vector<sbyte>.Count)
        {
            Vector.Narrow(
                Vector.Narrow(Round(row[i..], 0, scale), Round(row[i..], 1, scale)),
                Vector.Narrow(Round(row[i..], 2, scale), Round(row[i..], 3, scale))).CopyTo(quantized[i..]);
        }

        for (; i < row.Length; i++)
        {
            quantized[i] = (sbyte)MathF.Round(row[i] / scale);
        }

        return scale;
    }

    /// <summary>The weights that quantised ones stand for: q·s, exactly.</summary>
    /// <param name="quantized">Values from -127 to 127.</param>
    /// <param name="scale">Their scale.</param>
    /// <param name="row">Receives as many weights.</param>
    public static void Dequantize(ReadOnlySpan<sbyte> quantized, float scale, Span<float> row)
    {
        RequireSameLength(row.Length, quantized.Length);
        for (int i = 0; i < row.Length; i++)
        {
            row[i] = quantized[i] * scale;
        }
    }

    private static float Scale(ReadOnlySpan<float> row)
    {
        // The bits of magnitudes order as the magnitudes do, with infinity and then NaN above all numbers.
        ReadOnlySpan<int> bits = MemoryMarshal.Cast<float, int>(row);
        Vector<int> largest = Vector<int>.Zero;
        int i = 0;
        for (; i <= bits.Length - Vector<int>.Count; i += Vector<int>.Count)
        {
            largest = Vector.Max(largest, new Vector<int>(bits[i..]) & new Vector<int>(int.MaxValue));
        }

        int most = 0;
        for (int lane = 0; lane < Vector<int>.Count; lane++)
        {
            most = Math.Max(most, largest[lane]);
        }

        for (; i < bits.Length; i++)
        {
            most = Math.Max(most, bits[i] & int.MaxValue);
        }

        if (most >= InfinityBits)
        {
            throw NotFinite(row);
        }

        float scale = BitConverter.Int32BitsToSingle(most) / Largest;
        return scale < SmallestScale ? 0 : BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(scale) & -(1 << CutBits));
    }

    /// <summary>The <paramref name="part"/>-th vector of a row, in steps of the scale. A quotient never reaches 127.5, so no bound is needed.</summary>
    private static Vector<int> Round(ReadOnlySpan<float> row, int part, float scale) =>
        Vector.ConvertToInt32(Vector.Round(new Vector<float>(row[(part * Vector<float>.Count)..]) / new Vector<float>(scale)));

    private static ArgumentException NotFinite(ReadOnlySpan<float> row)
    {
        int i = 0;
        while (float.IsFinite(row[i]))
        {
            i++;
        }

        return new ArgumentException(FormattableString.Invariant($"Weight {i} of the row is {row[i]}: a finite number is expected."), nameof(row));
    }

    private static void RequireSameLength(int row, int quantized)
    {
        if (row != quantized)
        {
            throw new ArgumentException($"The row has {row} weights and the quantised row {quantized}: as many are expected.", nameof(quantized));
        }
    }
}
