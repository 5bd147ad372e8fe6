namespace Endpoints.Compute.Linear;

/// <summary>Rows of activations in a precision: what a linear layer reads, and (float32 and bfloat16) what it writes.</summary>
/// <remarks>
/// Rows are read in groups of 32 bits, so a row whose columns do not fill its last group is filled up with zeros.
/// Bytes stand for <c>scale × q + offset</c>, with a scale and an offset for each row.
/// </remarks>
public readonly unsafe struct Activations
{
    internal Activations(Precision precision, byte* data, int rows, int columns, nint rowBytes, float* scales)
    {
        Precision = precision;
        Data = data;
        Rows = rows;
        Columns = columns;
        RowBytes = rowBytes;
        Scales = scales;
    }

    /// <summary>Number format of the values.</summary>
    public Precision Precision { get; }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Values in a row.</summary>
    public int Columns { get; }

    /// <summary>The values as a float32 matrix.</summary>
    /// <exception cref="InvalidOperationException">They are not float32.</exception>
    public MatrixView Matrix => Precision == Precision.Float32
        ? new((float*)Data, Rows, Columns, (int)(RowBytes / sizeof(float)))
        : throw new InvalidOperationException($"These activations are {Precision}, not Float32.");

    internal byte* Data { get; }

    internal nint RowBytes { get; }

    /// <summary>Two floats a row: scale, offset. Null unless the values are bytes.</summary>
    internal float* Scales { get; }

    /// <summary>Float32 activations as they lie.</summary>
    public static Activations Of(MatrixView matrix) => new(Precision.Float32, (byte*)matrix.Data, matrix.Rows, matrix.Columns, (nint)matrix.Stride * sizeof(float), null);

    internal byte* Row(int row) => Data + (row * RowBytes);
}
