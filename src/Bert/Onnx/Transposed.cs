namespace Endpoints.Bert.Onnx;

/// <summary>A linear layer's weight with inputs first, as MatMul wants it, a few rows at a time: the whole is never copied.</summary>
internal static class Transposed
{
    private const int RowsPerBlock = 16;   // A cache line of each output's weights.

    /// <summary>Hands over the (Inputs × Outputs) matrix in blocks of whole rows, first to last; a block is valid during the call only.</summary>
    public static void ForEachBlock(LinearParameters linear, Action<ReadOnlySpan<float>> use)
    {
        var block = new float[RowsPerBlock * linear.Outputs];
        for (int first = 0; first < linear.Inputs; first += RowsPerBlock)
        {
            int rows = Math.Min(RowsPerBlock, linear.Inputs - first);
            for (int output = 0; output < linear.Outputs; output++)
            {
                ReadOnlySpan<float> weights = linear.Weight.AsSpan((output * linear.Inputs) + first, rows);
                for (int row = 0; row < rows; row++)
                {
                    block[(row * linear.Outputs) + output] = weights[row];
                }
            }

            use(block.AsSpan(0, rows * linear.Outputs));
        }
    }
}
