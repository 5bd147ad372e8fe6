using System.Runtime.CompilerServices;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Threads;

namespace Endpoints.Compute.Training;

/// <summary>Where one tensor's values, gradient and moments lie; none of them moves.</summary>
/// <param name="Values">The parameters.</param>
/// <param name="Gradient">Their gradient.</param>
/// <param name="First">First moments.</param>
/// <param name="Second">Second moments.</param>
/// <param name="Length">Number of elements.</param>
public readonly unsafe record struct OptimizedTensor(nint Values, nint Gradient, nint First, nint Second, long Length);

/// <summary>Settings of AdamW (Loshchilov and Hutter 2019, algorithm 2).</summary>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="Epsilon">Added to the root of the second moment.</param>
/// <param name="WeightDecay">Decoupled decay, times the learning rate.</param>
public sealed record AdamWSettings(float Beta1 = 0.9f, float Beta2 = 0.999f, float Epsilon = 1e-8f, float WeightDecay = 0.01f);

/// <summary>AdamW's element-wise update and the gradient norm, shared out over a team; memory bound (16 bytes read and 12 written an element).</summary>
public static unsafe class AdamW
{
    private const int ChunkLength = 16_384;

    /// <summary>
    /// p -= lr·λ·p, m = β₁m + (1 - β₁)g, v = β₂v + (1 - β₂)g², p -= lr / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε), with g scaled first.
    /// </summary>
    /// <param name="team">The threads.</param>
    /// <param name="tensor">What to update.</param>
    /// <param name="step">t, from 1: updates of this tensor, this one included.</param>
    /// <param name="learningRate">lr.</param>
    /// <param name="gradientScale">Factor of the gradient, from clipping.</param>
    /// <param name="settings">β₁, β₂, ε, and λ (0 for tensors that are not decayed).</param>
    public static void Step(ThreadTeam team, OptimizedTensor tensor, int step, float learningRate, float gradientScale, AdamWSettings settings) =>
        Step(team, tensor, step, learningRate, gradientScale, settings, SimdSelection.Path);

    /// <summary>Σ x², in double from chunks of 2,048 floats, always in the same order.</summary>
    public static double SumOfSquares(float* x, long length) => SumOfSquares(x, length, SimdSelection.Path);

    internal static void Step(
        ThreadTeam team, OptimizedTensor tensor, int step, float learningRate, float gradientScale, AdamWSettings settings, SimdPath path)
    {
        double correction1 = 1 - Math.Pow(settings.Beta1, step), correction2 = 1 - Math.Pow(settings.Beta2, step);
        var factors = new Factors(
            (float)(1 - ((double)learningRate * settings.WeightDecay)), (float)(learningRate / correction1), (float)(1 / Math.Sqrt(correction2)), gradientScale, settings.Beta1, settings.Beta2, settings.Epsilon);
        SimdDispatch.Run(new StepKernel(team, tensor, factors), path);
    }

    internal static double SumOfSquares(float* x, long length, SimdPath path)
    {
        double total = 0;
        for (long start = 0; start < length; start += 2048)
        {
            var kernel = new SquaresKernel(x + start, (int)Math.Min(2048, length - start), &total);
            SimdDispatch.Run(kernel, path);
        }

        return total;
    }

    private readonly record struct Factors(float Decay, float Rate, float RootScale, float GradientScale, float Beta1, float Beta2, float Epsilon);

    private readonly struct StepKernel(ThreadTeam team, OptimizedTensor tensor, Factors factors) : ISimdKernel
    {
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            var work = new StepWork<TSimd>(tensor, factors);
            team.Run(ref work, (int)((tensor.Length + ChunkLength - 1) / ChunkLength));
        }
    }

    private readonly struct SquaresKernel(float* x, int length, double* total) : ISimdKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            TSimd sums = TSimd.Zero;
            int i = 0;
            for (; i + TSimd.Width <= length; i += TSimd.Width)
            {
                TSimd value = TSimd.Load(x + i);
                sums = TSimd.MultiplyAdd(value, value, sums);
            }

            double rest = 0;
            for (; i < length; i++)
            {
                rest += (double)x[i] * x[i];
            }

            *total += TSimd.Sum(sums) + rest;
        }
    }

    private readonly struct StepWork<TSimd>(OptimizedTensor tensor, Factors factors) : IWork
        where TSimd : struct, ISimd<TSimd>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Execute(int item, int worker)
        {
            long start = (long)item * ChunkLength;
            int length = (int)Math.Min(ChunkLength, tensor.Length - start);
            float* p = (float*)tensor.Values + start, g = (float*)tensor.Gradient + start;
            float* m = (float*)tensor.First + start, v = (float*)tensor.Second + start;
            int i = 0;
            for (; i + TSimd.Width <= length; i += TSimd.Width)
            {
                Update<TSimd>(p + i, g + i, m + i, v + i);
            }

            for (; i < length; i++)
            {
                Update<SimdScalar>(p + i, g + i, m + i, v + i);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Update<T>(float* p, float* g, float* m, float* v)
            where T : struct, ISimd<T>
        {
            T gradient = T.Load(g) * T.Broadcast(factors.GradientScale);
            T first = T.MultiplyAdd(T.Broadcast(factors.Beta1), T.Load(m), T.Broadcast(1 - factors.Beta1) * gradient);
            T second = T.MultiplyAdd(T.Broadcast(factors.Beta2), T.Load(v), T.Broadcast(1 - factors.Beta2) * gradient * gradient);
            T root = T.MultiplyAdd(T.SquareRoot(second), T.Broadcast(factors.RootScale), T.Broadcast(factors.Epsilon));
            T.Store(first, m);
            T.Store(second, v);
            T.Store((T.Load(p) * T.Broadcast(factors.Decay)) - (T.Broadcast(factors.Rate) * first / root), p);
        }
    }
}
