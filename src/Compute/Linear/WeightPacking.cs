using System.Runtime.CompilerServices;
using Endpoints.Compute.Gemm;
using Endpoints.Compute.Quantization;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Threads;

namespace Endpoints.Compute.Linear;

/// <summary>Rounds a weight (outputs × inputs) and rearranges it into panels of 32 outputs; an item is a panel.</summary>
internal static unsafe class WeightPacking
{
    private const int PanelWidth = PackedMatrix.PanelWidth;

    /// <summary>Groups rounded at a time: 32 rows of them stay in the first-level cache until they are turned.</summary>
    private const int GroupBlock = 128;

    /// <summary>Packs on a team, or on the caller alone.</summary>
    public static void Run(ThreadTeam? team, PackedWeights target, ReadOnlySpan<float> weight)
    {
        fixed (float* source = weight)
        {
            SimdDispatch.Run(new Kernel(team, target, source), SimdSelection.Path);
        }
    }

    private readonly struct Kernel(ThreadTeam? team, PackedWeights target, float* source) : ISimdKernel
    {
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            var work = new Work<TSimd>(target, source);
            int panels = PackedMatrix.PanelCount(target.Columns);
            if (team is not null)
            {
                team.Run(ref work, panels);
                return;
            }

            for (int panel = 0; panel < panels; panel++)
            {
                work.Execute(panel, 0);
            }
        }
    }

    private readonly struct Work<TSimd>(PackedWeights target, float* source) : IWork
        where TSimd : struct, ISimd<TSimd>
    {
        public void Execute(int item, int worker)
        {
            int first = item * PanelWidth, count = Math.Min(PanelWidth, target.Columns - first);
            float* rows = source + ((nint)first * target.Depth), panel = (float*)target.Panel(item);
            switch (target.Precision)
            {
                case Precision.BFloat16:
                    BFloat16Panel(rows, count, panel);
                    break;
                case Precision.Int8:
                    BytePanel(rows, count, panel, target.Scales + first);
                    break;
                default:
                    PanelTranspose.Run(rows, target.Depth, count, target.Depth, panel);
                    break;
            }
        }

        [SkipLocalsInit]
        private void BFloat16Panel(float* rows, int count, float* panel)
        {
            float* block = stackalloc float[PanelWidth * GroupBlock];
            for (int group = 0; group < target.GroupCount; group += GroupBlock)
            {
                int groups = Math.Min(GroupBlock, target.GroupCount - group), values = Math.Min(2 * groups, target.Depth - (2 * group));
                for (int row = 0; row < count; row++)
                {
                    float* to = block + (row * GroupBlock);
                    to[groups - 1] = 0;
                    RowConversion.ToBFloat16<TSimd>(rows + ((nint)row * target.Depth) + (2 * group), values, (ushort*)to);
                }

                PanelTranspose.Run(block, GroupBlock, count, groups, panel + ((nint)group * PanelWidth));
            }
        }

        private void BytePanel(float* rows, int count, float* panel, float* scales)
        {
            using var block = new FloatBuffer((long)PanelWidth * target.GroupCount);
            for (int row = 0; row < count; row++)
            {
                var to = new Span<sbyte>(block.Pointer + ((nint)row * target.GroupCount), target.Depth);
                scales[row] = ChannelQuantizer.Quantize(new ReadOnlySpan<float>(rows + ((nint)row * target.Depth), target.Depth), to);
            }

            PanelTranspose.Run(block.Pointer, target.GroupCount, count, target.GroupCount, panel);
        }
    }
}
