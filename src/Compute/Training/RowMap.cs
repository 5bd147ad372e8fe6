using System.Runtime.CompilerServices;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Threads;

namespace Endpoints.Compute.Training;

/// <summary>An element-wise step of the backward, on whole matrices: y = f(y, x), in place, memory bound.</summary>
public static unsafe class RowMap
{
    private const int RowsPerItem = 16;

    /// <summary>The backward of GELU: gradient · GELU'(input).</summary>
    public static void GeluBackward(ThreadTeam team, MatrixView gradient, MatrixView input) => Run<GeluOperator>(team, gradient, input, SimdSelection.Path);

    /// <summary>The backward of tanh: gradient · (1 - output²).</summary>
    public static void TanhBackward(ThreadTeam team, MatrixView gradient, MatrixView output) => Run<TanhOperator>(team, gradient, output, SimdSelection.Path);

    /// <summary>y += x.</summary>
    public static void Add(ThreadTeam team, MatrixView y, MatrixView x) => Run<AddOperator>(team, y, x, SimdSelection.Path);

    /// <summary>Drops entries of every row of <paramref name="x"/>.</summary>
    public static void Drop(ThreadTeam team, MatrixView x, Dropout dropout)
    {
        if (dropout.IsActive)
        {
            var work = new DropWork(x, dropout);
            team.Run(ref work, (x.Rows + RowsPerItem - 1) / RowsPerItem);
        }
    }

    internal static void Run<TOperator>(ThreadTeam team, MatrixView y, MatrixView x, SimdPath path)
        where TOperator : struct, IBinaryOperator => SimdDispatch.Run(new Kernel<TOperator>(team, y, x), path);

    /// <summary>One element of the result from one of each input.</summary>
    internal interface IBinaryOperator
    {
        static abstract TSimd Invoke<TSimd>(TSimd y, TSimd x)
            where TSimd : struct, ISimd<TSimd>;
    }

    internal readonly struct GeluOperator : IBinaryOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TSimd Invoke<TSimd>(TSimd y, TSimd x)
            where TSimd : struct, ISimd<TSimd> => y * VectorMath.GeluDerivative(x);
    }

    internal readonly struct TanhOperator : IBinaryOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TSimd Invoke<TSimd>(TSimd y, TSimd x)
            where TSimd : struct, ISimd<TSimd> => y - (y * x * x);
    }

    internal readonly struct AddOperator : IBinaryOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TSimd Invoke<TSimd>(TSimd y, TSimd x)
            where TSimd : struct, ISimd<TSimd> => y + x;
    }

    private readonly struct Kernel<TOperator>(ThreadTeam team, MatrixView y, MatrixView x) : ISimdKernel
        where TOperator : struct, IBinaryOperator
    {
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            var work = new Work<TSimd, TOperator>(y, x);
            team.Run(ref work, (y.Rows + RowsPerItem - 1) / RowsPerItem);
        }
    }

    private readonly struct Work<TSimd, TOperator>(MatrixView y, MatrixView x) : IWork
        where TSimd : struct, ISimd<TSimd>
        where TOperator : struct, IBinaryOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Execute(int item, int worker)
        {
            for (int row = item * RowsPerItem; row < Math.Min(y.Rows, (item + 1) * RowsPerItem); row++)
            {
                float* to = y.Row(row), from = x.Row(row);
                int i = 0;
                for (; i + TSimd.Width <= y.Columns; i += TSimd.Width)
                {
                    TSimd.Store(TOperator.Invoke(TSimd.Load(to + i), TSimd.Load(from + i)), to + i);
                }

                for (; i < y.Columns; i++)
                {
                    SimdScalar.Store(TOperator.Invoke(SimdScalar.Load(to + i), SimdScalar.Load(from + i)), to + i);
                }
            }
        }
    }

    private readonly struct DropWork(MatrixView x, Dropout dropout) : IWork
    {
        public void Execute(int item, int worker)
        {
            for (int row = item * RowsPerItem; row < Math.Min(x.Rows, (item + 1) * RowsPerItem); row++)
            {
                dropout.Apply(x.Row(row), x.Columns, row);
            }
        }
    }
}
