using System.Diagnostics;
using System.Runtime.CompilerServices;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Threads;

namespace Endpoints.Compute.Measurement;

/// <summary>Measures what main memory can deliver at most, so that a memory-bound kernel's speed can be given as a share of it.</summary>
/// <remarks>Reads and writes of 256 MB, far more than any cache that it is meant for; every thread of the team has a stretch of its own.</remarks>
public sealed unsafe class MemoryBandwidth : IDisposable
{
    private const int Floats = 64 * 1024 * 1024;
    private const int Unroll = 4;

    private readonly ThreadTeam _team;
    private readonly FloatBuffer _buffer = new(Floats);

    /// <summary>Takes 256 MB and touches them all.</summary>
    /// <param name="team">The threads that read and write.</param>
    public MemoryBandwidth(ThreadTeam team)
    {
        _team = team;
        _buffer.Span.Fill(1f);
    }

    /// <summary>Reading only: what streaming weights through a small batch is limited by. The best of several short runs.</summary>
    /// <returns>GB/s of the whole team.</returns>
    public double MeasureRead(int runs = 5) => Best(runs, update: false);

    /// <summary>
    /// Reading and writing back in place: what element-wise work on large matrices is limited by. In place, because a line that is written
    /// elsewhere is fetched first, and that traffic would not show. The best of several short runs.
    /// </summary>
    /// <returns>GB/s of the whole team, bytes read and bytes written both counted.</returns>
    public double MeasureUpdate(int runs = 5) => Best(runs, update: true);

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();

    private double Best(int runs, bool update)
    {
        double best = 0;
        for (int run = 0; run < runs; run++)
        {
            long start = Stopwatch.GetTimestamp();
            SimdDispatch.Run(new Kernel(_team, _buffer.Pointer, update), SimdSelection.Path);
            best = Math.Max(best, (update ? 2.0 : 1.0) * Floats * sizeof(float) / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9);
        }

        return best;
    }

    private readonly struct Kernel(ThreadTeam team, float* data, bool update) : ISimdKernel
    {
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            var work = new Work<TSimd>(data, update, team.Size);
            team.Run(ref work, team.Size);
        }
    }

    private readonly struct Work<TSimd>(float* data, bool update, int parts) : IWork
        where TSimd : struct, ISimd<TSimd>
    {
        public void Execute(int item, int worker)
        {
            int step = Unroll * TSimd.Width;
            int length = Floats / parts / step * step;
            float* from = data + ((nint)item * length);
            if (update)
            {
                Negate(from, length);
            }
            else
            {
                *from = Sum(from, length) > 0 ? 1f : 0f;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static float Sum(float* from, int length)
        {
            TSimd a = TSimd.Zero, b = TSimd.Zero, c = TSimd.Zero, d = TSimd.Zero;
            for (int i = 0; i < length; i += Unroll * TSimd.Width)
            {
                a += TSimd.Load(from + i);
                b += TSimd.Load(from + i + TSimd.Width);
                c += TSimd.Load(from + i + (2 * TSimd.Width));
                d += TSimd.Load(from + i + (3 * TSimd.Width));
            }

            return TSimd.Sum(a + b + (c + d));
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Negate(float* data, int length)
        {
            for (int i = 0; i < length; i += Unroll * TSimd.Width)
            {
                TSimd.Store(TSimd.Zero - TSimd.Load(data + i), data + i);
                TSimd.Store(TSimd.Zero - TSimd.Load(data + i + TSimd.Width), data + i + TSimd.Width);
                TSimd.Store(TSimd.Zero - TSimd.Load(data + i + (2 * TSimd.Width)), data + i + (2 * TSimd.Width));
                TSimd.Store(TSimd.Zero - TSimd.Load(data + i + (3 * TSimd.Width)), data + i + (3 * TSimd.Width));
            }
        }
    }
}
