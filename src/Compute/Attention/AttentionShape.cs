using Endpoints.Compute.Linear;

namespace Endpoints.Compute.Attention;

/// <summary>The ragged shape of an attention call. Sequence i has query rows <c>QueryOffsets[i]..[i+1]</c> and key rows <c>KeyOffsets[i]..[i+1]</c>.</summary>
/// <param name="count">Number of sequences (B).</param>
/// <param name="heads">Number of heads (h).</param>
/// <param name="headSize">Width of a head (d).</param>
/// <param name="queryOffsets">B + 1 offsets into the rows of Q and of the context.</param>
/// <param name="keyOffsets">B + 1 offsets into the rows of K and V; may be the same array.</param>
public readonly unsafe struct AttentionShape(int count, int heads, int headSize, int* queryOffsets, int* keyOffsets)
{
    /// <summary>Number of sequences.</summary>
    public int Count { get; } = count;

    /// <summary>Number of heads.</summary>
    public int Heads { get; } = heads;

    /// <summary>Width of a head.</summary>
    public int HeadSize { get; } = headSize;

    internal int* QueryOffsets { get; } = queryOffsets;

    internal int* KeyOffsets { get; } = keyOffsets;

    internal int Items => Count * Heads;

    /// <summary>The rows of an item's sequence and the columns of its head, in a matrix whose heads are side by side.</summary>
    internal MatrixView Queries(MatrixView matrix, int item) => Slice(matrix, item, QueryOffsets);

    internal MatrixView Keys(MatrixView matrix, int item) => Slice(matrix, item, KeyOffsets);

    internal Activations Queries(Activations matrix, int item) => Slice(matrix, item, QueryOffsets);

    internal Activations Keys(Activations matrix, int item) => Slice(matrix, item, KeyOffsets);

    private Activations Slice(Activations matrix, int item, int* offsets)
    {
        int sequence = item / Heads;
        int row = offsets[sequence];
        byte* data = matrix.Row(row) + ((nint)(item % Heads) * HeadSize * Groups.Bytes / Groups.Size(matrix.Precision));
        return new Activations(matrix.Precision, data, offsets[sequence + 1] - row, HeadSize, matrix.RowBytes, null);
    }

    /// <summary>Numbers a row of an item's scores for dropout, by sequence, head and row alone: the mask must not depend on how many heads run or on any memory's size.</summary>
    internal long ScoreRow(int item, int row) => ((long)(item / Heads) << 32) | ((long)(item % Heads) << 20) | (uint)row;

    private MatrixView Slice(MatrixView matrix, int item, int* offsets)
    {
        int sequence = item / Heads;
        int row = offsets[sequence];
        return new MatrixView(matrix.Row(row) + (item % Heads * HeadSize), offsets[sequence + 1] - row, HeadSize, matrix.Stride);
    }
}
