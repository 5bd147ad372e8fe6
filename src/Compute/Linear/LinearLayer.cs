using Endpoints.Compute.Gemm;

namespace Endpoints.Compute.Linear;

/// <summary>One linear layer applied to a batch: output = epilogue(input · Wᵀ).</summary>
/// <param name="input">Rows × inputs, in the weights' precision.</param>
/// <param name="weights">The weights.</param>
/// <param name="output">Rows × outputs, float32 or bfloat16.</param>
/// <param name="epilogue">What is done to the sums: bias, activation, residual.</param>
public readonly struct LinearLayer<TEpilogue>(Activations input, WeightsView weights, Activations output, TEpilogue epilogue)
    where TEpilogue : struct, IEpilogue
{
    internal Activations Input { get; } = input;

    internal WeightsView Weights { get; } = weights;

    internal Activations Output { get; } = output;

    internal TEpilogue Epilogue { get; } = epilogue;

    /// <summary>Refuses shapes and precisions that do not fit each other.</summary>
    internal void Check()
    {
        if (Input.Columns != Weights.Depth || Output.Columns != Weights.Columns || Input.Rows != Output.Rows)
        {
            throw new ArgumentException(
                $"Shapes do not fit: input is {Input.Rows} × {Input.Columns}, weights take {Weights.Depth} to {Weights.Columns}, output is {Output.Rows} × {Output.Columns}.");
        }

        if (Input.Precision != Weights.Precision || Output.Precision == Precision.Int8)
        {
            throw new ArgumentException(
                $"Precisions do not fit: input is {Input.Precision} and weights are {Weights.Precision}, which must be the same; output is {Output.Precision}, which must be Float32 or BFloat16.");
        }
    }
}
