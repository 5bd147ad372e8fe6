using System.Runtime.InteropServices;
using Endpoints.Compute.Quantization;

namespace Endpoints.Bert.Checkpoints;

/// <summary>A linear weight in int8, as <see cref="ChannelQuantizer"/> defines it: a row of values and a scale for each output.</summary>
/// <param name="Name">The weight's name.</param>
/// <param name="Shape">Outputs and inputs.</param>
/// <param name="Values">(outputs × inputs), row-major, from -127 to 127.</param>
/// <param name="Scales">(outputs), 0 for a row of zeros.</param>
internal sealed record QuantizedWeight(string Name, int[] Shape, sbyte[] Values, float[] Scales)
{
    /// <summary>The stored types.</summary>
    public const string ValueType = "I8", ScaleType = "F32";

    /// <summary>What an int8 checkpoint quantises: the weights of the encoder's linear layers, which are nearly all of its arithmetic.</summary>
    public static bool Is(string name) =>
        name.Contains(".encoder.layer.", StringComparison.Ordinal)
        && name.EndsWith(".weight", StringComparison.Ordinal)
        && !name.EndsWith("LayerNorm.weight", StringComparison.Ordinal);

    /// <summary>The name of a weight's scales.</summary>
    public static string ScaleName(string name) => $"{name}.scale";

    /// <summary>Quantises a weight.</summary>
    /// <exception cref="ArgumentException">It has a value that is not finite; the message names it.</exception>
    public static QuantizedWeight Of(NamedTensor weight)
    {
        int outputs = weight.Shape[0], inputs = weight.Shape[1];
        var result = new QuantizedWeight(weight.Name, weight.Shape, new sbyte[weight.Values.Length], new float[outputs]);
        for (int row = 0; row < outputs; row++)
        {
            try
            {
                result.Scales[row] = ChannelQuantizer.Quantize(
                    weight.Values.AsSpan(row * inputs, inputs), result.Values.AsSpan(row * inputs, inputs));
            }
            catch (ArgumentException exception)
            {
                throw new ArgumentException($"Tensor {weight.Name}, row {row}: {exception.Message}", exception);
            }
        }

        return result;
    }

    /// <summary>Writes the weights that quantised ones stand for.</summary>
    public static void Dequantize(ReadOnlySpan<sbyte> values, ReadOnlySpan<float> scales, float[] weight)
    {
        int inputs = scales.Length == 0 ? 0 : weight.Length / scales.Length;
        for (int row = 0; row < scales.Length; row++)
        {
            ChannelQuantizer.Dequantize(values.Slice(row * inputs, inputs), scales[row], weight.AsSpan(row * inputs, inputs));
        }
    }

    /// <summary>The two tensors of a file.</summary>
    public StoredTensor[] Stored() =>
    [
        new(Name, ValueType, Shape, Values.Length, stream => stream.Write(MemoryMarshal.AsBytes<sbyte>(Values))),
        StoredTensor.AsFloat32(new NamedTensor(ScaleName(Name), [Scales.Length], Scales)),
    ];
}
