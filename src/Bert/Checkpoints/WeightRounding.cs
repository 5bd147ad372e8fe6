using Endpoints.Compute;
using Endpoints.Compute.Quantization;

namespace Endpoints.Bert.Checkpoints;

/// <summary>What storing weights in fewer bits makes of them.</summary>
public static class WeightRounding
{
    /// <summary>The weights that a folder saved in a precision is read back as; the original is not changed.</summary>
    /// <param name="parameters">The weights.</param>
    /// <param name="precision">What they would be stored in. float32 stores them as they are.</param>
    /// <exception cref="ArgumentException">int8, and a weight is not finite; the message names it.</exception>
    public static BertParameters AsStored(BertParameters parameters, Precision precision)
    {
        BertParameters rounded = parameters.Clone();
        foreach (NamedTensor tensor in rounded.Tensors())
        {
            if (precision == Precision.BFloat16)
            {
                Round(tensor.Values);
            }
            else if (precision == Precision.Int8 && QuantizedWeight.Is(tensor.Name))
            {
                var quantized = QuantizedWeight.Of(tensor);
                QuantizedWeight.Dequantize(quantized.Values, quantized.Scales, tensor.Values);
            }
        }

        return rounded;
    }

    private static void Round(Span<float> values)
    {
        foreach (ref float value in values)
        {
            value = BFloat16.ToSingle(BFloat16.Round(value));
        }
    }
}
