using System.Runtime.CompilerServices;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Threads;

namespace Endpoints.Compute.Training;

/// <summary>The gradient of a bias: sums[c] += Σ over rows of x[r, c], in an order that does not depend on the team; memory bound.</summary>
public static unsafe class ColumnSums
{
    /// <summary>Adds every row of <paramref name="x"/> to <paramref name="sums"/>, one value a column.</summary>
    public static void Add(ThreadTeam team, MatrixView x, float* sums) => Add(team, x, sums, SimdSelection.Path);

    internal static void Add(ThreadTeam team, MatrixView x, float* sums, SimdPath path) => SimdDispatch.Run(new Kernel(team, x, sums), path);

    private readonly struct Kernel(ThreadTeam team, MatrixView x, float* sums) : ISimdKernel
    {
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd> => PartialSums.Add<TSimd, RowSums<TSimd>>(team, x.Rows, x.Columns, new RowSums<TSimd>(x), sums);
    }

    private readonly struct RowSums<TSimd>(MatrixView x) : PartialSums.IRowSums
        where TSimd : struct, ISimd<TSimd>
    {
        public void Add(int first, int end, float* sums)
        {
            int row = first;
            for (; row + 4 <= end; row += 4)
            {
                AddFour(x.Row(row), x.Row(row + 1), x.Row(row + 2), x.Row(row + 3), sums);
            }

            for (; row < end; row++)
            {
                AddOne(x.Row(row), sums);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void AddFour(float* a, float* b, float* c, float* d, float* sums)
        {
            int i = 0;
            for (; i + TSimd.Width <= x.Columns; i += TSimd.Width)
            {
                TSimd.Store(TSimd.Load(sums + i) + TSimd.Load(a + i) + TSimd.Load(b + i) + TSimd.Load(c + i) + TSimd.Load(d + i), sums + i);
            }

            for (; i < x.Columns; i++)
            {
                sums[i] = sums[i] + a[i] + b[i] + c[i] + d[i];
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void AddOne(float* a, float* sums)
        {
            int i = 0;
            for (; i + TSimd.Width <= x.Columns; i += TSimd.Width)
            {
                TSimd.Store(TSimd.Load(sums + i) + TSimd.Load(a + i), sums + i);
            }

            for (; i < x.Columns; i++)
            {
                sums[i] += a[i];
            }
        }
    }
}
