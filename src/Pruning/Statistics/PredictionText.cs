using System.Runtime.InteropServices;

namespace Endpoints.Pruning.Statistics;

/// <summary>Predictions as a line of text, for a journal: a byte for each label (<c>b:</c> and base64), or a float32 for each value (<c>f:</c> and base64, little-endian).</summary>
internal static class PredictionText
{
    public static string Encode(ReadOnlySpan<float> predictions)
    {
        byte[] bytes = new byte[predictions.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            byte label = (byte)Math.Clamp(predictions[i], 0, 255);
            if (label != predictions[i])
            {
                return "f:" + Convert.ToBase64String(MemoryMarshal.AsBytes(predictions));
            }

            bytes[i] = label;
        }

        return "b:" + Convert.ToBase64String(bytes);
    }

    /// <exception cref="InvalidDataException">The text is none of ours.</exception>
    public static float[] Decode(string text)
    {
        byte[] bytes = new byte[text.Length];
        if (text.Length > 2 && text[1] == ':' && Convert.TryFromBase64Chars(text.AsSpan(2), bytes, out int count))
        {
            switch (text[0])
            {
                case 'b':
                    return [.. bytes.Take(count).Select(label => (float)label)];
                case 'f' when count % sizeof(float) == 0:
                    return MemoryMarshal.Cast<byte, float>(bytes.AsSpan(0, count)).ToArray();
            }
        }

        throw new InvalidDataException($"'{(text.Length <= 20 ? text : text[..20] + "...")}' are no predictions: expected b: or f: and base64.");
    }
}
