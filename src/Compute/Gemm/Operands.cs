namespace Endpoints.Compute.Gemm;

/// <summary>The left side A (rows × depth) of a product; element (r, k) is <c>Data[r * RowStride + k * DepthStride]</c>.</summary>
public readonly unsafe struct LeftView
{
    private LeftView(float* data, int rows, int depth, nint rowStride, nint depthStride)
    {
        Data = data;
        Rows = rows;
        Depth = depth;
        RowStride = rowStride;
        DepthStride = depthStride;
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Length of each dot product.</summary>
    public int Depth { get; }

    internal float* Data { get; }

    internal nint RowStride { get; }

    internal nint DepthStride { get; }

    /// <summary>A matrix as it is.</summary>
    public static LeftView Of(MatrixView matrix) => new(matrix.Data, matrix.Rows, matrix.Columns, matrix.Stride, 1);

    /// <summary>A matrix read by columns: A = Mᵀ, without moving anything.</summary>
    public static LeftView Transposed(MatrixView matrix) => new(matrix.Data, matrix.Columns, matrix.Rows, 1, matrix.Stride);

    internal float* Row(int row) => Data + (row * RowStride);
}

/// <summary>The right side B (depth × columns) of a product: packed panels, or a row-major matrix read in place.</summary>
public readonly unsafe struct RightView
{
    internal RightView(float* data, int depth, int columns, nint panelStride, nint rowStride)
    {
        Data = data;
        Depth = depth;
        Columns = columns;
        PanelStride = panelStride;
        RowStride = rowStride;
    }

    /// <summary>Length of each dot product.</summary>
    public int Depth { get; }

    /// <summary>Number of outputs.</summary>
    public int Columns { get; }

    internal float* Data { get; }

    internal nint PanelStride { get; }

    internal nint RowStride { get; }

    /// <summary>Panels are one stretch of memory each.</summary>
    internal bool IsPacked => RowStride == PackedMatrix.PanelWidth && PanelStride != PackedMatrix.PanelWidth;

    /// <summary>
    /// A row-major matrix in a <see cref="FloatBuffer"/>, unpacked. Rows are read in groups of 32 columns, up to 31 floats past the last
    /// row's end, which the buffer's spare room covers; what is read there reaches no result.
    /// </summary>
    public static RightView Of(MatrixView matrix) => new(matrix.Data, matrix.Rows, matrix.Columns, PackedMatrix.PanelWidth, matrix.Stride);

    internal float* Panel(int panel) => Data + (panel * PanelStride);
}
