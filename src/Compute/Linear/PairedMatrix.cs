using Endpoints.Compute.Gemm;

namespace Endpoints.Compute.Linear;

/// <summary>
/// A matrix M (rows × columns) rounded to bfloat16, its rows in pairs: panels of 32 columns, in each of which the values of rows 2k and 2k + 1 lie side by side for
/// all 32 columns. The last row of an odd number is paired with zeros, the last panel is filled up with zeros.
/// </summary>
/// <remarks>It is what a product over the rows reads, on both sides: as B = M, and as A = Mᵀ. The gradient of a weight is such a product, over tokens.</remarks>
public readonly unsafe struct PairedMatrix
{
    internal PairedMatrix(byte* data, int rows, int columns)
    {
        Data = data;
        Rows = rows;
        Columns = columns;
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    internal byte* Data { get; }

    /// <summary>Pairs of rows.</summary>
    internal int Steps => Groups.Count(Precision.BFloat16, Rows);

    internal int PanelCount => PackedMatrix.PanelCount(Columns);

    internal nint PanelBytes => (nint)Steps * PackedWeights.StepBytes;

    internal byte* Panel(int panel) => Data + (panel * PanelBytes);
}
