using System.Runtime.CompilerServices;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Threads;

namespace Endpoints.Compute.Training;

/// <summary>The gradient of a bias: sums[c] += Σ over rows of x[r, c], rows in order, so that the sum does not depend on the team.</summary>
public static unsafe class ColumnSums
{
    private const int ColumnsPerItem = 64;

    /// <summary>Adds every row of <paramref name="x"/> to <paramref name="sums"/>, one value a column.</summary>
    public static void Add(ThreadTeam team, MatrixView x, float* sums) => Add(team, x, sums, SimdSelection.Path);

    internal static void Add(ThreadTeam team, MatrixView x, float* sums, SimdPath path) => SimdDispatch.Run(new Kernel(team, x, sums), path);

    private readonly struct Kernel(ThreadTeam team, MatrixView x, float* sums) : ISimdKernel
    {
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            var work = new Work<TSimd>(x, sums);
            team.Run(ref work, (x.Columns + ColumnsPerItem - 1) / ColumnsPerItem);
        }
    }

    private readonly struct Work<TSimd>(MatrixView x, float* sums) : IWork
        where TSimd : struct, ISimd<TSimd>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Execute(int item, int worker)
        {
            int first = item * ColumnsPerItem;
            int end = Math.Min(x.Columns, first + ColumnsPerItem);
            for (int row = 0; row < x.Rows; row++)
            {
                float* from = x.Row(row);
                int i = first;
                for (; i + TSimd.Width <= end; i += TSimd.Width)
                {
                    TSimd.Store(TSimd.Load(sums + i) + TSimd.Load(from + i), sums + i);
                }

                for (; i < end; i++)
                {
                    sums[i] += from[i];
                }
            }
        }
    }
}
