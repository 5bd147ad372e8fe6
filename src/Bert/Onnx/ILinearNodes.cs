namespace Endpoints.Bert.Onnx;

/// <summary>How a linear layer y = x Wᵀ + b becomes nodes of a graph: one implementation for each precision.</summary>
internal interface ILinearNodes
{
    /// <summary>Adds a layer's nodes and constants.</summary>
    /// <param name="graph">To add to.</param>
    /// <param name="name">The layer's name in the checkpoint; the constants are called after it.</param>
    /// <param name="linear">The layer.</param>
    /// <param name="x">Name of the input, (... × inputs).</param>
    /// <returns>Name of the output, (... × outputs).</returns>
    string Add(OnnxGraph graph, string name, LinearParameters linear, string x);
}
