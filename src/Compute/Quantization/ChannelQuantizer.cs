namespace Endpoints.Compute.Quantization;

/// <summary>Symmetric 8-bit quantisation of one output channel of a weight: w ≈ s q, s = max|w| / 127, q = round(w / s) with ties to even.</summary>
public static class ChannelQuantizer
{
    private const int Largest = 127;

    /// <summary>Writes the integers and returns the scale; 0 for a row of zeros.</summary>
    /// <exception cref="ArgumentException">A weight is not finite, or there is not room for all.</exception>
    public static float Quantize(ReadOnlySpan<float> row, Span<sbyte> quantized)
    {
        if (quantized.Length < row.Length)
        {
            throw new ArgumentException($"Room for {row.Length} integers is expected, there is room for {quantized.Length}.", nameof(quantized));
        }

        float largest = 0;
        for (int i = 0; i < row.Length; i++)
        {
            if (!float.IsFinite(row[i]))
            {
                throw new ArgumentException($"Weight {i} of a row is {row[i]}: only finite weights can be quantised.", nameof(row));
            }

            largest = MathF.Max(largest, MathF.Abs(row[i]));
        }

        float scale = largest / Largest;
        for (int i = 0; i < row.Length; i++)
        {
            quantized[i] = scale == 0 ? (sbyte)0 : (sbyte)Math.Clamp(MathF.Round(row[i] / scale), -Largest, Largest);
        }

        return scale;
    }
}
