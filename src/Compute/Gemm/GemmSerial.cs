using Endpoints.Compute.Simd;

namespace Endpoints.Compute.Gemm;

/// <summary>A small product on the calling thread, for kernels that are themselves one item of a region.</summary>
internal static unsafe class GemmSerial
{
    /// <summary>C = A · B, or += with <paramref name="add"/>.</summary>
    public static void Multiply<TSimd>(LeftView a, RightView b, MatrixView c, bool add = false)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int panel = 0; panel < PackedMatrix.PanelCount(b.Columns); panel++)
        {
            GemmBlock.Run<TSimd, NoEpilogue>(a, b, c, 0, a.Rows, panel, add, default);
        }
    }

    /// <summary>Packs Bᵀ of a row-major B (columns × depth) into <paramref name="panels"/>, which has room for whole panels.</summary>
    public static RightView PackTransposed(MatrixView b, float* panels)
    {
        nint panelStride = (nint)b.Columns * PackedMatrix.PanelWidth;
        for (int row = 0; row < b.Rows; row += PackedMatrix.PanelWidth)
        {
            int rows = Math.Min(PackedMatrix.PanelWidth, b.Rows - row);
            PanelTranspose.Run(b.Row(row), b.Stride, rows, b.Columns, panels + (row / PackedMatrix.PanelWidth * panelStride));
        }

        return new RightView(panels, b.Columns, b.Rows, panelStride, PackedMatrix.PanelWidth);
    }
}
