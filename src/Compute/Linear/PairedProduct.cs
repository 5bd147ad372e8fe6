using System.Runtime.CompilerServices;
using Endpoints.Compute.Gemm;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Threads;
using Endpoints.Compute.Tiles;

namespace Endpoints.Compute.Linear;

/// <summary>C (m × n) += Aᵀ · B over the rows of A (k × m) and B (k × n), which are bfloat16 in pairs; sums are float32. 2·m·n·k operations.</summary>
/// <remarks>
/// An item is some panels of A, which stay in the second-level cache, by one panel of B: tiles of 10 or 11 of a panel's 32 rows of C. Rows are summed in blocks of
/// fixed length, each element by one thread in order, so that the result does not depend on the team.
/// </remarks>
public static unsafe class PairedProduct
{
    /// <summary>Pairs of rows summed at a time: 256 KB of a panel.</summary>
    private const int DepthBlock = 2048;

    /// <summary>Bytes of A's panels that an item goes through: what stays in the second-level cache beside a panel of B.</summary>
    private const long BlockBytes = 384 * 1024;

    private const int ItemsPerThread = 4;

    /// <summary>Adds the product to <paramref name="c"/>.</summary>
    /// <exception cref="ArgumentException">Shapes do not fit.</exception>
    public static void Add(ThreadTeam team, PairedMatrix a, PairedMatrix b, MatrixView c) => Add(team, a, b, c, TileSelection.OfPaired(), SimdSelection.Path);

    internal static void Add(ThreadTeam team, PairedMatrix a, PairedMatrix b, MatrixView c, TileKernels kernels, SimdPath path)
    {
        if (a.Rows != b.Rows || a.Columns != c.Rows || b.Columns != c.Columns)
        {
            throw new ArgumentException($"Shapes do not fit: A is {a.Rows} × {a.Columns}, B is {b.Rows} × {b.Columns}, C is {c.Rows} × {c.Columns}.");
        }

        SimdDispatch.Run(new Kernel(team, a, b, c, kernels), path);
    }

    private readonly struct Kernel(ThreadTeam team, PairedMatrix a, PairedMatrix b, MatrixView c, TileKernels kernels) : ISimdKernel
    {
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            long panelBytes = (long)Math.Min(DepthBlock, a.Steps) * PackedWeights.StepBytes;
            int fits = (int)Math.Max(1, BlockBytes / Math.Max(1, panelBytes));
            int shared = Math.Max(1, a.PanelCount * b.PanelCount / (ItemsPerThread * team.Size));
            var work = new Work<TSimd>(a, b, c, kernels, Math.Min(fits, shared), team.Size);
            team.Run(ref work, work.Items);
        }
    }

    private readonly struct Work<TSimd>(PairedMatrix a, PairedMatrix b, MatrixView c, TileKernels kernels, int blockPanels, int threads) : IWork
        where TSimd : struct, ISimd<TSimd>
    {
        private const int PanelWidth = PackedMatrix.PanelWidth, MaxTileRows = 12, TilesPerPanel = 3, LineBytes = 64;

        public int Items => (a.PanelCount + blockPanels - 1) / blockPanels * b.PanelCount;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Execute(int item, int worker)
        {
            float* memory = stackalloc float[(MaxTileRows * PanelWidth) + (LineBytes / sizeof(float))];
            float* sums = (float*)(((nint)memory + LineBytes - 1) & -LineBytes);
            int right = item % b.PanelCount, first = item / b.PanelCount * blockPanels, end = Math.Min(a.PanelCount, first + blockPanels);
            for (int step = 0; step < a.Steps; step += DepthBlock)
            {
                // Threads claim items in turn, so this one's next panel of B is probably as many panels further as there are threads.
                nint offset = (nint)step * PackedWeights.StepBytes;
                var tile = new TileArguments
                {
                    ARow = Groups.Bytes,
                    B = b.Panel(right) + offset,
                    Steps = Math.Min(DepthBlock, a.Steps - step),
                    C = sums,
                    CRow = PanelWidth * sizeof(float),
                    Ahead = b.Panel((right + threads) % b.PanelCount) + offset,
                    AheadStep = (PackedWeights.StepBytes / ((end - first) * TilesPerPanel)) + 1,
                };
                for (int left = first; left < end; left++)
                {
                    Panel(&tile, a.Panel(left) + offset, left, right);
                }
            }
        }

        /// <summary>One panel of A by one of B.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Panel(TileArguments* tile, byte* panel, int left, int right)
        {
            int column = right * PanelWidth, columns = Math.Min(PanelWidth, b.Columns - column);
            int firstRow = left * PanelWidth, endRow = Math.Min(a.Columns, firstRow + PanelWidth);
            int tiles = (endRow - firstRow + kernels.MaxRows - 1) / kernels.MaxRows;
            for (int index = 0, row = firstRow; index < tiles; index++)
            {
                int height = (endRow - row + tiles - index - 1) / (tiles - index);
                tile->A = panel + ((row - firstRow) * Groups.Bytes);
                Ahead.FetchTile(c.Row(row) + column, c.Stride, height);
                kernels.Run(height, columns, tile);
                EpilogueTraversal.Run<TSimd, NoEpilogue>(default, new MatrixView(tile->C, height, columns, PanelWidth), c, row, column, add: true);
                tile->Ahead += tile->AheadStep * tile->Steps;
                row += height;
            }
        }
    }
}
