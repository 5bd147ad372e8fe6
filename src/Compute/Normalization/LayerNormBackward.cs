using System.Runtime.CompilerServices;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Threads;
using Endpoints.Compute.Training;

namespace Endpoints.Compute.Normalization;

/// <summary>The kernel of <see cref="LayerNorm.Backward(ThreadTeam, MatrixView, MatrixView, float*, float*, MatrixView, float*, float*)"/>.</summary>
/// <remarks>
/// dx, dγ and dβ from one pass over memory: a row's two reductions are made while its part of dγ and dβ is summed up, then dx is written while the
/// row is in the first-level cache. dy and x are read and dx is written: 12 bytes an element.
/// </remarks>
internal readonly unsafe struct LayerNormBackward(
    ThreadTeam team, MatrixView dy, MatrixView x, float* gamma, float* statistics, MatrixView dx, float* gammaGradient, float* betaGradient) : ISimdKernel
{
    public void Run<TSimd>()
        where TSimd : struct, ISimd<TSimd>
    {
        // Both in one: dγ of a part of the rows, then dβ of it.
        int columns = x.Columns;
        float* both = stackalloc float[2 * columns];
        new Span<float>(gammaGradient, columns).CopyTo(new Span<float>(both, columns));
        new Span<float>(betaGradient, columns).CopyTo(new Span<float>(both + columns, columns));
        PartialSums.Add<TSimd, Rows<TSimd>>(team, x.Rows, 2 * columns, new Rows<TSimd>(dy, x, gamma, statistics, dx), both);
        new Span<float>(both, columns).CopyTo(new Span<float>(gammaGradient, columns));
        new Span<float>(both + columns, columns).CopyTo(new Span<float>(betaGradient, columns));
    }

    private readonly struct Rows<TSimd>(MatrixView dy, MatrixView x, float* gamma, float* statistics, MatrixView dx) : PartialSums.IRowSums
        where TSimd : struct, ISimd<TSimd>
    {
        public void Add(int first, int end, float* sums)
        {
            for (int row = first; row < end; row++)
            {
                Row(dy.Row(row), x.Row(row), statistics[2 * row], statistics[(2 * row) + 1], dx.Row(row), sums, sums + x.Columns);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Row(float* gradient, float* from, float mean, float scale, float* to, float* gammaSums, float* betaSums)
        {
            int columns = x.Columns;
            TSimd center = TSimd.Broadcast(mean), factor = TSimd.Broadcast(scale);
            TSimd sum = TSimd.Zero, product = TSimd.Zero;
            float restSum = 0, restProduct = 0;
            int i = 0;
            for (; i + TSimd.Width <= columns; i += TSimd.Width)
            {
                TSimd d = TSimd.Load(gradient + i), normalized = (TSimd.Load(from + i) - center) * factor;
                TSimd.Store(TSimd.MultiplyAdd(d, normalized, TSimd.Load(gammaSums + i)), gammaSums + i);
                TSimd.Store(d + TSimd.Load(betaSums + i), betaSums + i);
                TSimd g = d * TSimd.Load(gamma + i);
                sum += g;
                product = TSimd.MultiplyAdd(g, normalized, product);
            }

            for (; i < columns; i++)
            {
                float d = gradient[i], normalized = (from[i] - mean) * scale, g = d * gamma[i];
                gammaSums[i] += d * normalized;
                betaSums[i] += d;
                restSum += g;
                restProduct += g * normalized;
            }

            float meanGradient = (TSimd.Sum(sum) + restSum) / columns;
            float meanProduct = (TSimd.Sum(product) + restProduct) / columns;
            TSimd shift = TSimd.Broadcast(meanGradient), slope = TSimd.Broadcast(meanProduct);
            for (i = 0; i + TSimd.Width <= columns; i += TSimd.Width)
            {
                TSimd g = TSimd.Load(gradient + i) * TSimd.Load(gamma + i);
                TSimd normalized = (TSimd.Load(from + i) - center) * factor;
                TSimd.Store((g - shift - (normalized * slope)) * factor, to + i);
            }

            for (; i < columns; i++)
            {
                float normalized = (from[i] - mean) * scale;
                to[i] = ((gradient[i] * gamma[i]) - meanGradient - (normalized * meanProduct)) * scale;
            }
        }
    }
}
