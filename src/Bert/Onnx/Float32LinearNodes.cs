using System.Runtime.InteropServices;

namespace Endpoints.Bert.Onnx;

/// <summary>A linear layer in float32: MatMul and Add.</summary>
internal sealed class Float32LinearNodes : ILinearNodes
{
    public string Add(OnnxGraph graph, string name, LinearParameters linear, string x)
    {
        string weight = graph.Constant(new OnnxTensor(
            $"{name}.weight.transposed", OnnxType.Float32, [linear.Inputs, linear.Outputs],
            stream => Transposed.ForEachBlock(linear, block => stream.Write(MemoryMarshal.AsBytes(block)))));
        string bias = graph.Constant(OnnxTensor.Of($"{name}.bias", [linear.Outputs], linear.Bias));
        return graph.Node("Add", name, [graph.Node("MatMul", $"{name}.product", [x, weight]), bias]);
    }
}
