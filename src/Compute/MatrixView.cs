namespace Endpoints.Compute;

/// <summary>A row-major float32 matrix somewhere in memory that does not move; element (r, c) is <c>Data[r * Stride + c]</c>.</summary>
/// <param name="data">First element.</param>
/// <param name="rows">Number of rows.</param>
/// <param name="columns">Number of columns.</param>
/// <param name="stride">Floats from one row to the next, at least <paramref name="columns"/>.</param>
public readonly unsafe struct MatrixView(float* data, int rows, int columns, int stride)
{
    /// <summary>A matrix without gaps between its rows.</summary>
    public MatrixView(float* data, int rows, int columns)
        : this(data, rows, columns, columns)
    {
    }

    /// <summary>First element.</summary>
    public float* Data { get; } = data;

    /// <summary>Number of rows.</summary>
    public int Rows { get; } = rows;

    /// <summary>Number of columns.</summary>
    public int Columns { get; } = columns;

    /// <summary>Floats from one row to the next.</summary>
    public int Stride { get; } = stride;

    /// <summary>First element of a row.</summary>
    public float* Row(int row) => Data + ((nint)row * Stride);

    /// <summary>The first <paramref name="columns"/> columns.</summary>
    public MatrixView FirstColumns(int columns) => new(Data, Rows, columns, Stride);
}
