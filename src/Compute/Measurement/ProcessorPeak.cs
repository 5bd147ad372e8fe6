using System.Diagnostics;
using System.Runtime.CompilerServices;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Threads;

namespace Endpoints.Compute.Measurement;

/// <summary>Measures what the processor can do at most, so that a kernel's speed can be given as a share of it.</summary>
public static unsafe class ProcessorPeak
{
    private const int Chains = 24;
    private const int Rounds = 1_000_000;

    /// <summary>
    /// Fused multiply-adds from registers only, on every thread of a team at once: the arithmetic limit of float32.
    /// The best of several short runs, for whatever else the machine does only ever takes away.
    /// </summary>
    /// <returns>GFLOP/s of the whole team; a multiply-add counts 2.</returns>
    public static double MeasureFloat32(ThreadTeam team, int runs = 5)
    {
        double best = 0;
        for (int run = 0; run < runs; run++)
        {
            var work = new Work(SimdSelection.Path);
            long start = Stopwatch.GetTimestamp();
            team.Run(ref work, team.Size);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            double width = SimdSelection.Path == SimdPath.Scalar ? 1 : (int)SimdSelection.Path / 32;
            best = Math.Max(best, 2.0 * Chains * Rounds * width * team.Size / seconds / 1e9);
        }

        return best;
    }

    private readonly struct Work(SimdPath path) : IWork
    {
        public void Execute(int item, int worker)
        {
            switch (path)
            {
                case SimdPath.Vector512: Spin<Simd512>(); break;
                case SimdPath.Vector256: Spin<Simd256>(); break;
                case SimdPath.Vector128: Spin<Simd128>(); break;
                default: Spin<SimdScalar>(); break;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private static float Spin<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            TSimd scale = TSimd.Broadcast(0.999f), shift = TSimd.Broadcast(0.001f);
            TSimd s0 = TSimd.Broadcast(0f), s1 = TSimd.Broadcast(1f), s2 = TSimd.Broadcast(2f), s3 = TSimd.Broadcast(3f), s4 = TSimd.Broadcast(4f), s5 = TSimd.Broadcast(5f), s6 = TSimd.Broadcast(6f), s7 = TSimd.Broadcast(7f);
            TSimd s8 = TSimd.Broadcast(8f), s9 = TSimd.Broadcast(9f), s10 = TSimd.Broadcast(10f), s11 = TSimd.Broadcast(11f), s12 = TSimd.Broadcast(12f), s13 = TSimd.Broadcast(13f), s14 = TSimd.Broadcast(14f), s15 = TSimd.Broadcast(15f);
            TSimd s16 = TSimd.Broadcast(16f), s17 = TSimd.Broadcast(17f), s18 = TSimd.Broadcast(18f), s19 = TSimd.Broadcast(19f), s20 = TSimd.Broadcast(20f), s21 = TSimd.Broadcast(21f), s22 = TSimd.Broadcast(22f), s23 = TSimd.Broadcast(23f);
            for (int round = 0; round < Rounds; round++)
            {
                s0 = TSimd.MultiplyAdd(s0, scale, shift);
                s1 = TSimd.MultiplyAdd(s1, scale, shift);
                s2 = TSimd.MultiplyAdd(s2, scale, shift);
                s3 = TSimd.MultiplyAdd(s3, scale, shift);
                s4 = TSimd.MultiplyAdd(s4, scale, shift);
                s5 = TSimd.MultiplyAdd(s5, scale, shift);
                s6 = TSimd.MultiplyAdd(s6, scale, shift);
                s7 = TSimd.MultiplyAdd(s7, scale, shift);
                s8 = TSimd.MultiplyAdd(s8, scale, shift);
                s9 = TSimd.MultiplyAdd(s9, scale, shift);
                s10 = TSimd.MultiplyAdd(s10, scale, shift);
                s11 = TSimd.MultiplyAdd(s11, scale, shift);
                s12 = TSimd.MultiplyAdd(s12, scale, shift);
                s13 = TSimd.MultiplyAdd(s13, scale, shift);
                s14 = TSimd.MultiplyAdd(s14, scale, shift);
                s15 = TSimd.MultiplyAdd(s15, scale, shift);
                s16 = TSimd.MultiplyAdd(s16, scale, shift);
                s17 = TSimd.MultiplyAdd(s17, scale, shift);
                s18 = TSimd.MultiplyAdd(s18, scale, shift);
                s19 = TSimd.MultiplyAdd(s19, scale, shift);
                s20 = TSimd.MultiplyAdd(s20, scale, shift);
                s21 = TSimd.MultiplyAdd(s21, scale, shift);
                s22 = TSimd.MultiplyAdd(s22, scale, shift);
                s23 = TSimd.MultiplyAdd(s23, scale, shift);
            }

            return TSimd.Sum(s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11 + s12 + s13 + s14 + s15 + s16 + s17 + s18 + s19 + s20 + s21 + s22 + s23);
        }
    }
}
