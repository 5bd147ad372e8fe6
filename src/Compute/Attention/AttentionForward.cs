using Endpoints.Compute.Linear;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Threads;
using Endpoints.Compute.Tiles;
using Endpoints.Compute.Training;

namespace Endpoints.Compute.Attention;

/// <summary>
/// Multi-head attention on a ragged batch, per sequence and head: softmax(Q Kᵀ / √d) V. No token attends to another sequence, none is padding.
/// </summary>
/// <remarks>
/// Shapes: Q, K, V and the context are (tokens × h·d), head after head, all float32 or all bfloat16. An item packs its keys and values once, then takes
/// 48 queries at a time: their scores (48 × length, float32) never leave the second-level cache. 4·s²·d operations a head.
/// </remarks>
public static unsafe class AttentionForward
{
    /// <summary>Computes the context of every query row.</summary>
    /// <exception cref="ArgumentException">Precisions differ, or bfloat16 heads are of an odd size.</exception>
    public static void Run(ThreadTeam team, in AttentionShape shape, Activations q, Activations k, Activations v, Activations context, AttentionScratch scratch) =>
        Run(team, shape, q, k, v, context, scratch, default, TileSelection.Of(q.Precision), SimdSelection.Path);

    /// <summary>The same in float32 with dropout on the attention probabilities, as in training.</summary>
    public static void Run(
        ThreadTeam team, in AttentionShape shape, MatrixView q, MatrixView k, MatrixView v, MatrixView context, AttentionScratch scratch, Dropout dropout) =>
        Run(
            team, shape, Activations.Of(q), Activations.Of(k), Activations.Of(v), Activations.Of(context), scratch, dropout,
            TileSelection.Of(Precision.Float32), SimdSelection.Path);

    internal static void Run(
        ThreadTeam team, in AttentionShape shape, Activations q, Activations k, Activations v, Activations context, AttentionScratch scratch, Dropout dropout,
        TileKernels kernels, SimdPath path)
    {
        Check(shape, q, k, v, context);
        SimdDispatch.Run(new Kernel(team, new AttentionOperands(shape, q, k, v, context, scratch, dropout, kernels, team.Size)), path);
    }

    private static void Check(in AttentionShape shape, Activations q, Activations k, Activations v, Activations context)
    {
        if (q.Precision == Precision.Int8 || q.Precision != k.Precision || q.Precision != v.Precision || q.Precision != context.Precision)
        {
            throw new ArgumentException(
                $"Queries, keys, values and context are {q.Precision}, {k.Precision}, {v.Precision} and {context.Precision}: all Float32 or all BFloat16 are expected.");
        }

        if (q.Precision == Precision.BFloat16 && shape.HeadSize % 2 != 0)
        {
            throw new ArgumentException($"Heads of an odd size ({shape.HeadSize}) cannot be read in pairs of bfloat16: use Float32.");
        }
    }

    private readonly struct Kernel(ThreadTeam team, AttentionOperands operands) : ISimdKernel
    {
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            if (operands.Q.Precision == Precision.BFloat16)
            {
                var work = new AttentionItem<TSimd, BFloat16Heads>(operands);
                team.Run(ref work, operands.Shape.Items);
            }
            else
            {
                var work = new AttentionItem<TSimd, Float32Heads>(operands);
                team.Run(ref work, operands.Shape.Items);
            }
        }
    }
}
