using Endpoints.Compute.Gemm;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Threads;
using Endpoints.Compute.Tiles;

namespace Endpoints.Compute.Linear;

/// <summary>
/// Linear layers of inference, in any precision: output (m × n) = epilogue(input (m × k) · Wᵀ); 2·m·n·k operations.
/// </summary>
/// <remarks>
/// Work is cut into items of a block of rows by one or more panels of 32 outputs. An item's block of rows stays in the second-level cache while consecutive
/// items go through the panels. Each output is summed by one thread over the whole depth in order, so that a row's result depends neither on the other rows nor
/// on the number of threads. Few rows are limited by reading the weights once, many by arithmetic; both are a share of the machine's limit in <c>bench linear</c>.
/// </remarks>
public static class LinearForward
{
    /// <summary>Applies one layer.</summary>
    /// <exception cref="ArgumentException">Shapes or precisions do not fit.</exception>
    public static void Run<TEpilogue>(ThreadTeam team, LinearLayer<TEpilogue> layer)
        where TEpilogue : struct, IEpilogue => Run(team, layer, null, null, TileSelection.Of(layer.Weights.Precision), SimdSelection.Path);

    /// <summary>Applies several layers at once, which are independent of each other: one region of work instead of three.</summary>
    /// <exception cref="ArgumentException">Shapes or precisions do not fit.</exception>
    public static void Run<TEpilogue>(ThreadTeam team, LinearLayer<TEpilogue> first, LinearLayer<TEpilogue> second, LinearLayer<TEpilogue>? third = null)
        where TEpilogue : struct, IEpilogue => Run(team, first, second, third, TileSelection.Of(first.Weights.Precision), SimdSelection.Path);

    internal static void Run<TEpilogue>(
        ThreadTeam team, LinearLayer<TEpilogue> first, LinearLayer<TEpilogue>? second, LinearLayer<TEpilogue>? third, TileKernels kernels, SimdPath path)
        where TEpilogue : struct, IEpilogue
    {
        first.Check();
        second?.Check();
        third?.Check();
        SimdDispatch.Run(new Kernel<TEpilogue>(team, kernels, first, second, third), path);
    }

    private readonly struct Kernel<TEpilogue>(
        ThreadTeam team, TileKernels kernels, LinearLayer<TEpilogue> first, LinearLayer<TEpilogue>? second, LinearLayer<TEpilogue>? third) : ISimdKernel
        where TEpilogue : struct, IEpilogue
    {
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            int threads = IsWorthSharing(first) || IsWorthSharing(second) || IsWorthSharing(third) ? team.Size : 1;
            Part<TEpilogue> a = new(first, kernels, threads), b = Next(second, a, threads), c = Next(third, b, threads);
            var work = new Work<TSimd, TEpilogue>(kernels, a, b, c, threads);
            int items = c.End;
            if (threads > 1)
            {
                team.Run(ref work, items);
                return;
            }

            for (int item = 0; item < items; item++)
            {
                work.Execute(item, 0);
            }
        }

        private static bool IsWorthSharing(LinearLayer<TEpilogue>? layer) =>
            layer is { } present && Blocking.IsWorthSharing(present.Input.Rows, present.Weights);

        private Part<TEpilogue> Next(LinearLayer<TEpilogue>? layer, Part<TEpilogue> before, int threads) =>
            layer is { } present ? new(present, kernels, threads, before.End) : before;
    }

    private readonly struct Work<TSimd, TEpilogue>(TileKernels kernels, Part<TEpilogue> first, Part<TEpilogue> second, Part<TEpilogue> third, int threads) : IWork
        where TSimd : struct, ISimd<TSimd>
        where TEpilogue : struct, IEpilogue
    {
        public void Execute(int item, int worker)
        {
            if (item < first.End)
            {
                LinearBlock.Run<TSimd, TEpilogue>(kernels, first, item, threads);
            }
            else if (item < second.End)
            {
                LinearBlock.Run<TSimd, TEpilogue>(kernels, second, item, threads);
            }
            else
            {
                LinearBlock.Run<TSimd, TEpilogue>(kernels, third, item, threads);
            }
        }
    }
}
