using System.Runtime.CompilerServices;
using Endpoints.Compute.Simd;

namespace Endpoints.Compute.Gemm;

/// <summary>Fills a panel from rows: a block of Width × Width floats at a time, in registers.</summary>
internal static unsafe class PanelTranspose
{
    private const int PanelWidth = PackedMatrix.PanelWidth;

    /// <summary>Writes (rows × depth), row-major, as (depth × 32); the columns of missing rows are zero.</summary>
    /// <param name="source">First row.</param>
    /// <param name="stride">Floats from one row to the next.</param>
    /// <param name="rows">At most 32.</param>
    /// <param name="depth">Floats of a row.</param>
    /// <param name="panel">Room for depth × 32.</param>
    public static void Run(float* source, nint stride, int rows, int depth, float* panel) => Run(source, stride, rows, depth, panel, SimdSelection.Path);

    internal static void Run(float* source, nint stride, int rows, int depth, float* panel, SimdPath path) =>
        SimdDispatch.Run(new Kernel(source, stride, rows, depth, panel), path);

    private readonly struct Kernel(float* source, nint stride, int rows, int depth, float* panel) : ISimdKernel
    {
        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            int width = TSimd.Width, whole = depth / width * width;

            // Where a block has rows missing, those that are there are set down among zeros.
            float* block = stackalloc float[width * width];
            for (int row = 0; row < PanelWidth; row += width)
            {
                int present = Math.Clamp(rows - row, 0, width);
                float* from = source + (row * stride);
                new Span<float>(block, width * width).Clear();
                for (int k = 0; k < whole; k += width)
                {
                    float* to = panel + ((nint)k * PanelWidth) + row;
                    if (present == width)
                    {
                        TSimd.Transpose(from + k, stride, to, PanelWidth);
                    }
                    else
                    {
                        for (int i = 0; i < present; i++)
                        {
                            TSimd.Store(TSimd.Load(from + (i * stride) + k), block + (i * width));
                        }

                        TSimd.Transpose(block, width, to, PanelWidth);
                    }
                }

                for (int k = whole; k < depth; k++)
                {
                    float* to = panel + ((nint)k * PanelWidth) + row;
                    for (int i = 0; i < width; i++)
                    {
                        to[i] = i < present ? from[(i * stride) + k] : 0f;
                    }
                }
            }
        }
    }
}
