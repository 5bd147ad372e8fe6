using Endpoints.Compute.Simd;
using Endpoints.Compute.Threads;

namespace Endpoints.Compute.Gemm;

/// <summary>
/// Matrix product C (m × n) = A (m × k) · B (k × n), float32, with an epilogue on each finished piece; 2·m·n·k operations.
/// </summary>
/// <remarks>
/// Work is cut into items of a block of rows by one panel of 32 columns. An item's block of A stays in the second-level cache while
/// consecutive items go through the panels of B. Each element is summed by one thread in order of depth, so the result is the
/// same for any number of threads and does not depend on the other rows: a sequence's bits do not change with its batch.
/// </remarks>
public static unsafe class Gemm
{
    /// <summary>Floats of A that an item works on: 384 KB of the second-level cache.</summary>
    private const int BlockFloats = 96 * 1024;

    /// <summary>Below this many operations a region on the team costs more than it saves.</summary>
    private const long SmallestParallel = 400_000;

    /// <summary>
    /// Floats of B from which on the next panel is fetched ahead: less stays in the cache anyway. Nor does it help one or two tiles a panel,
    /// which take no longer to compute than the panel takes to arrive.
    /// </summary>
    private const int SmallestFetched = 128 * 1024;

    /// <summary>C = A · B, then the epilogue.</summary>
    public static void Multiply<TEpilogue>(ThreadTeam team, LeftView a, RightView b, MatrixView c, TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue => Run(team, a, b, c, add: false, epilogue, SimdSelection.Path);

    /// <summary>C = A · B.</summary>
    public static void Multiply(ThreadTeam team, LeftView a, RightView b, MatrixView c) =>
        Run(team, a, b, c, add: false, default(NoEpilogue), SimdSelection.Path);

    /// <summary>C += A · B.</summary>
    public static void MultiplyAdd(ThreadTeam team, LeftView a, RightView b, MatrixView c) =>
        Run(team, a, b, c, add: true, default(NoEpilogue), SimdSelection.Path);

    internal static void Run<TEpilogue>(ThreadTeam team, LeftView a, RightView b, MatrixView c, bool add, TEpilogue epilogue, SimdPath path)
        where TEpilogue : struct, IEpilogue
    {
        if (a.Depth != b.Depth || a.Rows != c.Rows || b.Columns != c.Columns)
        {
            throw new ArgumentException(
                $"Shapes do not fit: A is {a.Rows} × {a.Depth}, B is {b.Depth} × {b.Columns}, C is {c.Rows} × {c.Columns}.");
        }

        SimdDispatch.Run(new Kernel<TEpilogue>(team, a, b, c, add, epilogue), path);
    }

    /// <summary>Rows of a block: what fits the cache, cut further until every thread has several items to claim.</summary>
    private static int BlockRows(int rows, int depth, int panels, int threads, int tileRows)
    {
        int fits = Math.Max(tileRows, BlockFloats / Math.Max(1, depth));
        int blocks = Math.Max(1, (rows + fits - 1) / fits);
        if (threads > 1)
        {
            blocks = Math.Max(blocks, ((4 * threads) + panels - 1) / panels);
        }

        int perBlock = (rows + blocks - 1) / blocks;
        return Math.Max(tileRows, (perBlock + tileRows - 1) / tileRows * tileRows);
    }

    private readonly struct Kernel<TEpilogue>(ThreadTeam team, LeftView a, RightView b, MatrixView c, bool add, TEpilogue epilogue) : ISimdKernel
        where TEpilogue : struct, IEpilogue
    {
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            int panels = PackedMatrix.PanelCount(b.Columns);
            bool parallel = team.Size > 1 && 2L * a.Rows * b.Columns * a.Depth >= SmallestParallel;
            int blockRows = BlockRows(a.Rows, a.Depth, panels, parallel ? team.Size : 1, TSimd.TileRows);
            int items = panels * ((a.Rows + blockRows - 1) / blockRows);
            var work = new Work<TSimd, TEpilogue>(a, b, c, add, epilogue, panels, blockRows, parallel ? team.Size : 1);
            if (parallel)
            {
                team.Run(ref work, items);
                return;
            }

            for (int item = 0; item < items; item++)
            {
                work.Execute(item, 0);
            }
        }
    }

    private readonly struct Work<TSimd, TEpilogue>(
        LeftView a, RightView b, MatrixView c, bool add, TEpilogue epilogue, int panels, int blockRows, int threads) : IWork
        where TSimd : struct, ISimd<TSimd>
        where TEpilogue : struct, IEpilogue
    {
        public void Execute(int item, int worker)
        {
            int panel = item % panels;
            int row = item / panels * blockRows;
            int rows = Math.Min(blockRows, a.Rows - row);

            // Threads claim items in turn, so this one's next is probably as many panels further as there are threads.
            bool isFetched = b.IsPacked && (long)b.Depth * b.Columns > SmallestFetched && rows > 2 * TSimd.TileRows;
            int? next = isFetched ? (panel + threads) % panels : null;
            GemmBlock.Run<TSimd, TEpilogue>(a, b, c, row, rows, panel, add, epilogue, next);
        }
    }
}
