namespace Endpoints.Bert.Onnx;

/// <summary>
/// A linear layer in int8, quantised dynamically: the input to 8 unsigned bits with one scale and zero point for the tensor, chosen as it comes; weights
/// to 8 signed bits, symmetric, with a scale for each output; products summed exactly in 32 bits, then scaled.
/// </summary>
/// <remarks>
/// These are the nodes that ONNX Runtime fuses into one. Layers with the same input share its quantisation.
/// </remarks>
internal sealed class Int8LinearNodes : ILinearNodes
{
    private const int Largest = 127;

    private readonly HashSet<string> _quantized = [];

    public string Add(OnnxGraph graph, string name, LinearParameters linear, string x)
    {
        (string input, string inputScale, string zeroPoint) = ($"{x}.quantized", $"{x}.scale", $"{x}.zero_point");
        if (_quantized.Add(x))
        {
            graph.Node("DynamicQuantizeLinear", $"{x}.quantize", [x], [input, inputScale, zeroPoint]);
        }

        float[] scales = Scales(linear);
        string weight = graph.Constant(new OnnxTensor(
            $"{name}.weight.quantized", OnnxType.Int8, [linear.Inputs, linear.Outputs],
            stream => Transposed.ForEachBlock(linear, block => stream.Write(Quantize(block, scales)))));
        string weightZero = graph.Constant(new OnnxTensor(
            $"{name}.weight.zero_point", OnnxType.Int8, [linear.Outputs], stream => stream.Write(new byte[linear.Outputs])));
        string weightScale = graph.Constant(OnnxTensor.Of($"{name}.weight.scale", [linear.Outputs], scales));
        string bias = graph.Constant(OnnxTensor.Of($"{name}.bias", [linear.Outputs], linear.Bias));
        string sums = graph.Node("MatMulInteger", $"{name}.sums", [input, weight, zeroPoint, weightZero]);
        string asFloats = graph.Node("Cast", $"{name}.floats", [sums], OnnxAttribute.Of("to", (long)OnnxType.Float32));
        string scale = graph.Node("Mul", $"{name}.scale", [inputScale, weightScale]);
        return graph.Node("Add", name, [graph.Node("Mul", $"{name}.product", [asFloats, scale]), bias]);
    }

    /// <summary>Each output's largest weight over 127; 1 for an output of zeros.</summary>
    private static float[] Scales(LinearParameters linear)
    {
        var scales = new float[linear.Outputs];
        for (int output = 0; output < scales.Length; output++)
        {
            float largest = 0;
            foreach (float weight in linear.Weight.AsSpan(output * linear.Inputs, linear.Inputs))
            {
                largest = MathF.Max(largest, MathF.Abs(weight));
            }

            scales[output] = largest > 0 ? largest / Largest : 1;
        }

        return scales;
    }

    /// <summary>Whole rows of a transposed weight, an element for each output, to bytes.</summary>
    private static byte[] Quantize(ReadOnlySpan<float> rows, float[] scales)
    {
        var bytes = new byte[rows.Length];
        for (int row = 0; row < rows.Length; row += scales.Length)
        {
            for (int output = 0; output < scales.Length; output++)
            {
                bytes[row + output] = (byte)(sbyte)Math.Clamp(MathF.Round(rows[row + output] / scales[output]), -Largest, Largest);
            }
        }

        return bytes;
    }
}
