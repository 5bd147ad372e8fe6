using Endpoints.Compute.Simd;

namespace Endpoints.Compute.Gemm;

/// <summary>A small product on the calling thread, for kernels that are themselves one item of a region.</summary>
internal static unsafe class GemmSerial
{
    /// <summary>C = A · B, or += with <paramref name="add"/>.</summary>
    public static void Multiply<TSimd>(LeftView a, RightView b, MatrixView c, bool add = false)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int column = 0; column < b.Columns; column += PackedMatrix.PanelWidth)
        {
            GemmBlock.Run<TSimd>(
                a.Data, a.RowStride, a.DepthStride, a.Rows, b.Panel(column / PackedMatrix.PanelWidth), b.RowStride, a.Depth,
                c.Data + column, c.Stride, Math.Min(PackedMatrix.PanelWidth, b.Columns - column), add);
        }
    }

    /// <summary>Packs Bᵀ of a row-major B (columns × depth) into <paramref name="panels"/>, which has room for whole panels.</summary>
    public static RightView PackTransposed(MatrixView b, float* panels)
    {
        nint panelStride = (nint)b.Columns * PackedMatrix.PanelWidth;
        for (int row = 0; row < b.Rows; row += PackedMatrix.PanelWidth)
        {
            int rows = Math.Min(PackedMatrix.PanelWidth, b.Rows - row);
            PackedMatrix.Transpose(b.Row(row), b.Stride, rows, b.Columns, panels + (row / PackedMatrix.PanelWidth * panelStride), PackedMatrix.PanelWidth);
        }

        return new RightView(panels, b.Columns, b.Rows, panelStride, PackedMatrix.PanelWidth);
    }
}
