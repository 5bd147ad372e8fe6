using System.Runtime.CompilerServices;
using Endpoints.Compute.Linear;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Threads;

namespace Endpoints.Compute.Normalization;

/// <summary>Row-wise layer normalisation: y = (x - mean) / √(variance + ε) · γ + β, with the biased variance.</summary>
/// <remarks>
/// Shapes: x and y are (rows × H), γ and β are (H). y may be x itself. Two passes over a row that is in the first-level cache, one accumulator
/// a lane: within 1e-5 + 1e-5 |y| of the double oracle. Memory bound: 4 bytes read and 4 written an element.
/// </remarks>
public static unsafe class LayerNorm
{
    private const int RowsPerItem = 8;

    /// <summary>Normalises every row.</summary>
    /// <param name="team">The threads.</param>
    /// <param name="x">Input (rows × H).</param>
    /// <param name="gamma">Scale (H).</param>
    /// <param name="beta">Shift (H).</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="y">Output (rows × H), maybe <paramref name="x"/>.</param>
    /// <param name="statistics">Null, or room for mean and 1/σ of each row (rows × 2), which the backward needs.</param>
    public static void Forward(ThreadTeam team, MatrixView x, float* gamma, float* beta, float epsilon, MatrixView y, float* statistics = null) =>
        Forward(team, x, gamma, beta, epsilon, y, statistics, null, SimdSelection.Path);

    /// <summary>Normalises every row, and also rounds it to the precision that the next linear layers read.</summary>
    /// <param name="team">The threads.</param>
    /// <param name="x">Input (rows × H).</param>
    /// <param name="gamma">Scale (H).</param>
    /// <param name="beta">Shift (H).</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="y">Output (rows × H), maybe <paramref name="x"/>.</param>
    /// <param name="rounded">Receives the output in its own precision (rows × H).</param>
    public static void Forward(ThreadTeam team, MatrixView x, float* gamma, float* beta, float epsilon, MatrixView y, Activations rounded) =>
        Forward(team, x, gamma, beta, epsilon, y, null, rounded, SimdSelection.Path);

    internal static void Forward(
        ThreadTeam team, MatrixView x, float* gamma, float* beta, float epsilon, MatrixView y, float* statistics, Activations? rounded, SimdPath path) =>
        SimdDispatch.Run(new ForwardKernel(team, x, gamma, beta, epsilon, y, statistics, rounded), path);

    /// <summary>
    /// Gradient with respect to the input: dx = (γ dy - mean(γ dy) - x̂ mean(γ dy x̂)) / σ, and dγ += Σ dy x̂, dβ += Σ dy.
    /// </summary>
    /// <param name="team">The threads.</param>
    /// <param name="dy">Gradient of the output (rows × H).</param>
    /// <param name="x">The forward's input.</param>
    /// <param name="gamma">Scale (H).</param>
    /// <param name="statistics">What the forward stored.</param>
    /// <param name="dx">Receives the input's gradient; may be <paramref name="dy"/>.</param>
    /// <param name="gammaGradient">Added to (H).</param>
    /// <param name="betaGradient">Added to (H).</param>
    public static void Backward(
        ThreadTeam team, MatrixView dy, MatrixView x, float* gamma, float* statistics, MatrixView dx, float* gammaGradient, float* betaGradient) =>
        Backward(team, dy, x, gamma, statistics, dx, gammaGradient, betaGradient, SimdSelection.Path);

    internal static void Backward(
        ThreadTeam team, MatrixView dy, MatrixView x, float* gamma, float* statistics, MatrixView dx, float* gammaGradient, float* betaGradient, SimdPath path) =>
        SimdDispatch.Run(new LayerNormBackward(team, dy, x, gamma, statistics, dx, gammaGradient, betaGradient), path);

    private static void Run<TWork>(ThreadTeam team, int rows, TWork work)
        where TWork : struct, IWork => team.Run(ref work, (rows + RowsPerItem - 1) / RowsPerItem);

    private readonly struct ForwardKernel(
        ThreadTeam team, MatrixView x, float* gamma, float* beta, float epsilon, MatrixView y, float* statistics, Activations? rounded) : ISimdKernel
    {
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd> =>
            LayerNorm.Run(team, x.Rows, new ForwardWork<TSimd>(x, gamma, beta, epsilon, y, statistics, rounded));
    }

    private readonly struct ForwardWork<TSimd>(
        MatrixView x, float* gamma, float* beta, float epsilon, MatrixView y, float* statistics, Activations? rounded) : IWork
        where TSimd : struct, ISimd<TSimd>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Execute(int item, int worker)
        {
            int columns = x.Columns;
            for (int row = item * RowsPerItem; row < Math.Min(x.Rows, (item + 1) * RowsPerItem); row++)
            {
                float* from = x.Row(row);
                float mean = Sum(from, columns) / columns;
                float scale = 1f / MathF.Sqrt((SquaredDistance(from, columns, mean) / columns) + epsilon);
                if (statistics is not null)
                {
                    statistics[2 * row] = mean;
                    statistics[(2 * row) + 1] = scale;
                }

                Scale(from, columns, mean, scale, y.Row(row));
                if (rounded is { } target)
                {
                    RowConversion.Run<TSimd>(y.Row(row), target, row);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static float Sum(float* x, int columns)
        {
            TSimd sum = TSimd.Zero;
            int i = 0;
            for (; i + TSimd.Width <= columns; i += TSimd.Width)
            {
                sum += TSimd.Load(x + i);
            }

            float rest = 0;
            for (; i < columns; i++)
            {
                rest += x[i];
            }

            return TSimd.Sum(sum) + rest;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static float SquaredDistance(float* x, int columns, float mean)
        {
            TSimd sum = TSimd.Zero, center = TSimd.Broadcast(mean);
            int i = 0;
            for (; i + TSimd.Width <= columns; i += TSimd.Width)
            {
                TSimd d = TSimd.Load(x + i) - center;
                sum = TSimd.MultiplyAdd(d, d, sum);
            }

            float rest = 0;
            for (; i < columns; i++)
            {
                rest += (x[i] - mean) * (x[i] - mean);
            }

            return TSimd.Sum(sum) + rest;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Scale(float* from, int columns, float mean, float scale, float* to)
        {
            TSimd center = TSimd.Broadcast(mean), factor = TSimd.Broadcast(scale);
            int i = 0;
            for (; i + TSimd.Width <= columns; i += TSimd.Width)
            {
                TSimd normalized = (TSimd.Load(from + i) - center) * factor;
                TSimd.Store(TSimd.MultiplyAdd(normalized, TSimd.Load(gamma + i), TSimd.Load(beta + i)), to + i);
            }

            for (; i < columns; i++)
            {
                to[i] = ((from[i] - mean) * scale * gamma[i]) + beta[i];
            }
        }
    }
}
