namespace Endpoints.Compute.Quantization;

/// <summary>The upper half of a float32: its sign, its exponent and 7 bits of its fraction.</summary>
public static class BFloat16
{
    /// <summary>The nearest bfloat16, ties to even; NaN stays NaN, and what is beyond the largest becomes infinity.</summary>
    public static ushort Round(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);

        // A NaN's fraction may lie in the lower half alone: cut off, it would read as infinity. Its quiet bit is in the upper half.
        return float.IsNaN(value) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>Rounds each value.</summary>
    /// <param name="values">Any number of them.</param>
    /// <param name="rounded">Receives as many.</param>
    public static void Round(ReadOnlySpan<float> values, Span<ushort> rounded)
    {
        rounded = rounded[..values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            rounded[i] = Round(values[i]);
        }
    }

    /// <summary>The value of a bfloat16, exactly.</summary>
    public static float ToSingle(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);
}
