using System.Runtime.CompilerServices;
using Endpoints.Compute.Gemm;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Threads;

namespace Endpoints.Compute.Embedding;

/// <summary>A table of rows and which of them each output row picks.</summary>
/// <param name="rows">The table, rows of the output's width one after the other.</param>
/// <param name="ids">One row number for each output row; the caller has checked their range.</param>
public readonly unsafe struct EmbeddingTable(float* rows, int* ids)
{
    internal float* Row(int output, int width) => rows + ((nint)ids[output] * width);
}

/// <summary>Looks rows up in three tables and adds them: y[t] = A[a[t]] + B[b[t]] + C[c[t]]; memory bound.</summary>
public static unsafe class EmbeddingSum
{
    private const int RowsPerItem = 16;

    /// <summary>Writes the sums to every row of <paramref name="y"/>.</summary>
    public static void Forward(ThreadTeam team, EmbeddingTable a, EmbeddingTable b, EmbeddingTable c, MatrixView y) =>
        Forward(team, a, b, c, y, SimdSelection.Path);

    /// <summary>Adds each row of <paramref name="dy"/> to the rows of the three gradient tables that the forward picked.</summary>
    public static void Backward(ThreadTeam team, EmbeddingTable a, EmbeddingTable b, EmbeddingTable c, MatrixView dy) =>
        Backward(team, a, b, c, dy, SimdSelection.Path);

    internal static void Forward(ThreadTeam team, EmbeddingTable a, EmbeddingTable b, EmbeddingTable c, MatrixView y, SimdPath path) =>
        SimdDispatch.Run(new ForwardKernel(team, a, b, c, y), path);

    internal static void Backward(ThreadTeam team, EmbeddingTable a, EmbeddingTable b, EmbeddingTable c, MatrixView dy, SimdPath path) =>
        SimdDispatch.Run(new BackwardKernel(team, a, b, c, dy), path);

    private readonly struct ForwardKernel(ThreadTeam team, EmbeddingTable a, EmbeddingTable b, EmbeddingTable c, MatrixView y) : ISimdKernel
    {
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            var work = new ForwardWork<TSimd>(a, b, c, y);
            team.Run(ref work, (y.Rows + RowsPerItem - 1) / RowsPerItem);
        }
    }

    private readonly struct BackwardKernel(ThreadTeam team, EmbeddingTable a, EmbeddingTable b, EmbeddingTable c, MatrixView dy) : ISimdKernel
    {
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            var work = new BackwardWork<TSimd>(a, b, c, dy);
            team.Run(ref work, 3);
        }
    }

    private readonly struct ForwardWork<TSimd>(EmbeddingTable a, EmbeddingTable b, EmbeddingTable c, MatrixView y) : IWork
        where TSimd : struct, ISimd<TSimd>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Execute(int item, int worker)
        {
            int width = y.Columns, end = Math.Min(y.Rows, (item + 1) * RowsPerItem);
            for (int row = item * RowsPerItem; row < end; row++)
            {
                // The large table's rows lie anywhere: the processor cannot foresee the next one.
                float* next = a.Row(Math.Min(row + 1, end - 1), width);
                float* first = a.Row(row, width), second = b.Row(row, width), third = c.Row(row, width), to = y.Row(row);
                int i = 0;
                for (; i + TSimd.Width <= width; i += TSimd.Width)
                {
                    Ahead.Fetch((byte*)(next + i));
                    TSimd.Store(TSimd.Load(first + i) + TSimd.Load(second + i) + TSimd.Load(third + i), to + i);
                }

                for (; i < width; i++)
                {
                    to[i] = first[i] + second[i] + third[i];
                }
            }
        }
    }

    /// <summary>One table an item: rows may repeat, so a table is walked by one thread, in order.</summary>
    private readonly struct BackwardWork<TSimd>(EmbeddingTable a, EmbeddingTable b, EmbeddingTable c, MatrixView dy) : IWork
        where TSimd : struct, ISimd<TSimd>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Execute(int item, int worker)
        {
            EmbeddingTable table = item == 0 ? a : item == 1 ? b : c;
            int width = dy.Columns;
            for (int row = 0; row < dy.Rows; row++)
            {
                float* from = dy.Row(row), to = table.Row(row, width);
                int i = 0;
                for (; i + TSimd.Width <= width; i += TSimd.Width)
                {
                    TSimd.Store(TSimd.Load(to + i) + TSimd.Load(from + i), to + i);
                }

                for (; i < width; i++)
                {
                    to[i] += from[i];
                }
            }
        }
    }
}
