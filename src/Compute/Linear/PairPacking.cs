using System.Runtime.CompilerServices;
using Endpoints.Compute.Gemm;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Threads;

namespace Endpoints.Compute.Linear;

/// <summary>Rounds a float32 matrix to bfloat16 and puts its rows side by side in pairs; memory bound (4 bytes read and 2 written a value).</summary>
internal static unsafe class PairPacking
{
    private const int PanelWidth = PackedMatrix.PanelWidth;

    /// <summary>Pairs of an item: 2 KB of each panel.</summary>
    private const int PairsPerItem = 16;

    public static void Run(ThreadTeam team, MatrixView source, PairedMatrix target) => Run(team, source, target, SimdSelection.Path);

    internal static void Run(ThreadTeam team, MatrixView source, PairedMatrix target, SimdPath path) => SimdDispatch.Run(new Kernel(team, source, target), path);

    private readonly struct Kernel(ThreadTeam team, MatrixView source, PairedMatrix target) : ISimdKernel
    {
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            var work = new Work<TSimd>(source, target);
            team.Run(ref work, (target.Steps + PairsPerItem - 1) / PairsPerItem);
        }
    }

    private readonly struct Work<TSimd>(MatrixView source, PairedMatrix target) : IWork
        where TSimd : struct, ISimd<TSimd>
    {
        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Execute(int item, int worker)
        {
            int width = target.PanelCount * PanelWidth;
            ushort* low = stackalloc ushort[2 * width];
            ushort* high = low + width;
            new Span<ushort>(low, 2 * width).Clear();
            int end = Math.Min(target.Steps, (item + 1) * PairsPerItem);
            for (int pair = item * PairsPerItem; pair < end; pair++)
            {
                RowConversion.ToBFloat16<TSimd>(source.Row(2 * pair), source.Columns, low);
                if ((2 * pair) + 1 < source.Rows)
                {
                    RowConversion.ToBFloat16<TSimd>(source.Row((2 * pair) + 1), source.Columns, high);
                }
                else
                {
                    new Span<ushort>(high, width).Clear();
                }

                Interleave(low, high, pair);
            }
        }

        /// <summary>A pair of rows to its place in every panel.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Interleave(ushort* low, ushort* high, int pair)
        {
            for (int panel = 0; panel < target.PanelCount; panel++, low += PanelWidth, high += PanelWidth)
            {
                float* to = (float*)(target.Panel(panel) + ((nint)pair * PackedWeights.StepBytes));
                for (int i = 0; i < PanelWidth; i += TSimd.Width)
                {
                    TSimd.Store(TSimd.PairBFloat16(low + i, high + i), to + i);
                }
            }
        }
    }
}
