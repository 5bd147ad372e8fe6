using System.Buffers;
using System.Runtime.CompilerServices;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Threads;

namespace Endpoints.Compute.Training;

/// <summary>
/// Sums over the rows of a matrix, shared out over a team: each part of the rows is read front to back and summed on its own, then parts are added
/// in order. What belongs to which part depends on the number of rows only, so the sum does not depend on the team.
/// </summary>
/// <remarks>
/// The other way, some columns of every row an item, reads a few lines here and there and reached a fifth of the memory bandwidth.
/// </remarks>
internal static unsafe class PartialSums
{
    private const int MaxParts = 64;
    private const int SmallestPart = 32;
    private const int LineFloats = 16;
    private const int ColumnsPerItem = 256;

    /// <summary>Rows of a part; the last may have fewer.</summary>
    public static int RowsPerPart(int rows) => Math.Max(SmallestPart, (rows + MaxParts - 1) / MaxParts);

    /// <summary>Sums over rows of something that is <paramref name="width"/> wide, added to <paramref name="sums"/>.</summary>
    /// <param name="team">The threads.</param>
    /// <param name="rows">Rows of the matrix.</param>
    /// <param name="width">Sums to make.</param>
    /// <param name="source">Does the summing of a part.</param>
    /// <param name="sums">Added to (width).</param>
    public static void Add<TSimd, TSource>(ThreadTeam team, int rows, int width, TSource source, float* sums)
        where TSimd : struct, ISimd<TSimd>
        where TSource : struct, IRowSums
    {
        int rowsPerPart = RowsPerPart(rows);
        int parts = (rows + rowsPerPart - 1) / rowsPerPart;

        // Parts on lines of their own, so that no two threads write to one.
        int stride = (width + LineFloats - 1) / LineFloats * LineFloats;
        float[] rented = ArrayPool<float>.Shared.Rent((parts * stride) + LineFloats);
        fixed (float* memory = rented)
        {
            float* partial = (float*)(((nint)memory + (sizeof(float) * LineFloats) - 1) & -(sizeof(float) * LineFloats));
            var gather = new GatherWork<TSource>(source, rows, rowsPerPart, partial, stride, width);
            team.Run(ref gather, parts);
            var combine = new CombineWork<TSimd>(partial, parts, stride, width, sums);
            team.Run(ref combine, (width + ColumnsPerItem - 1) / ColumnsPerItem);
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    /// <summary>Sums over some rows.</summary>
    internal interface IRowSums
    {
        /// <summary>Adds rows <paramref name="first"/> to <paramref name="end"/> - 1 to <paramref name="sums"/>, in order.</summary>
        void Add(int first, int end, float* sums);
    }

    private readonly struct GatherWork<TSource>(TSource source, int rows, int rowsPerPart, float* partial, int stride, int width) : IWork
        where TSource : struct, IRowSums
    {
        public void Execute(int item, int worker)
        {
            float* sums = partial + ((nint)item * stride);
            new Span<float>(sums, width).Clear();
            source.Add(item * rowsPerPart, Math.Min(rows, (item + 1) * rowsPerPart), sums);
        }
    }

    private readonly struct CombineWork<TSimd>(float* partial, int parts, int stride, int width, float* sums) : IWork
        where TSimd : struct, ISimd<TSimd>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Execute(int item, int worker)
        {
            int end = Math.Min(width, (item + 1) * ColumnsPerItem);
            for (int part = 0; part < parts; part++)
            {
                float* from = partial + ((nint)part * stride);
                int i = item * ColumnsPerItem;
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
