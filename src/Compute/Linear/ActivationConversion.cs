using System.Runtime.CompilerServices;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Threads;

namespace Endpoints.Compute.Linear;

/// <summary>Rounds a matrix of activations to another precision, row by row; memory bound.</summary>
public static unsafe class ActivationConversion
{
    private const int RowsPerItem = 4;

    /// <summary>Writes every row of <paramref name="target"/> from the row of <paramref name="source"/>, which is float32 or bfloat16.</summary>
    public static void Run(ThreadTeam team, Activations source, Activations target) => SimdDispatch.Run(new Kernel(team, source, target), SimdSelection.Path);

    private readonly struct Kernel(ThreadTeam team, Activations source, Activations target) : ISimdKernel
    {
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            var work = new Work<TSimd>(source, target);
            team.Run(ref work, (source.Rows + RowsPerItem - 1) / RowsPerItem);
        }
    }

    private readonly struct Work<TSimd>(Activations source, Activations target) : IWork
        where TSimd : struct, ISimd<TSimd>
    {
        [SkipLocalsInit]
        public void Execute(int item, int worker)
        {
            float* memory = stackalloc float[source.Columns + 16];
            float* wide = (float*)(((nint)memory + 63) & -64);
            int end = Math.Min(source.Rows, (item + 1) * RowsPerItem);
            for (int row = item * RowsPerItem; row < end; row++)
            {
                if (source.Precision == Precision.Float32)
                {
                    RowConversion.Run<TSimd>((float*)source.Row(row), target, row);
                }
                else
                {
                    Widen((ushort*)source.Row(row), source.Columns, wide);
                    RowConversion.Run<TSimd>(wide, target, row);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Widen(ushort* from, int count, float* to)
        {
            int i = 0;
            for (; i + TSimd.Width <= count; i += TSimd.Width)
            {
                TSimd.Store(TSimd.LoadBFloat16(from + i), to + i);
            }

            for (; i < count; i++)
            {
                SimdScalar.Store(SimdScalar.LoadBFloat16(from + i), to + i);
            }
        }
    }
}
