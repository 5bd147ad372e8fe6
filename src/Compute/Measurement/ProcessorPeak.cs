using System.Diagnostics;
using System.Runtime.CompilerServices;
using Endpoints.Compute.Code;
using Endpoints.Compute.Linear;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Threads;
using Endpoints.Compute.Tiles;

namespace Endpoints.Compute.Measurement;

/// <summary>Measures what the processor can do at most, so that a kernel's speed can be given as a share of it.</summary>
public static unsafe class ProcessorPeak
{
    /// <summary>Enough to fill two units of four cycles' latency, few enough for the 16 registers of AVX2: a spilled chain would measure memory.</summary>
    private const int Chains = 12;
    private const int Rounds = 2_000_000;

    private static readonly nint[] DotProducts = [.. Enum.GetValues<Precision>().Select(Assemble)];

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

    /// <summary>
    /// The arithmetic limit of a precision: its dot-product instructions from registers only, on every thread of a team at once.
    /// Float32's where the processor has none, for then that is what products run in.
    /// </summary>
    /// <returns>Giga-operations a second of the whole team; a multiply-add counts 2.</returns>
    public static double Measure(Precision precision, ThreadTeam team, int runs = 5)
    {
        if (precision == Precision.Float32 || DotProducts[(int)precision] == 0)
        {
            return MeasureFloat32(team, runs);
        }

        double best = 0;
        for (int run = 0; run < runs; run++)
        {
            var work = new DotWork(DotProducts[(int)precision]);
            long start = Stopwatch.GetTimestamp();
            team.Run(ref work, team.Size);
            double products = (double)TileCode.PeakSums * DotWork.Steps * 16 * Groups.Size(precision) * team.Size;
            best = Math.Max(best, 2 * products / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9);
        }

        return best;
    }

    private static nint Assemble(Precision precision)
    {
        if (!TileKernels.CanAssemble(precision))
        {
            return 0;
        }

        var code = new Assembler();
        TileCode.WritePeak(code, precision);
        return (nint)ExecutableMemory.TryPublish(code.ToArray());
    }

    private readonly struct DotWork(nint function) : IWork
    {
        public const int Steps = 500_000;

        public void Execute(int item, int worker)
        {
            // Milliseconds: too long to hold a garbage collection up, so this call lets one happen.
            var arguments = new TileArguments { Steps = Steps };
            ((delegate* unmanaged<TileArguments*, void>)function)(&arguments);
        }
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
            TSimd s8 = TSimd.Broadcast(8f), s9 = TSimd.Broadcast(9f), s10 = TSimd.Broadcast(10f), s11 = TSimd.Broadcast(11f);
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
            }

            return TSimd.Sum(s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11);
        }
    }
}
