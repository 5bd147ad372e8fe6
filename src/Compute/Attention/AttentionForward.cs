using System.Runtime.CompilerServices;
using Endpoints.Compute.Gemm;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Threads;

namespace Endpoints.Compute.Attention;

/// <summary>
/// Multi-head attention on a ragged batch, per sequence and head: softmax(Q Kᵀ / √d) V. No token attends to another sequence, none is padding.
/// </summary>
/// <remarks>
/// Shapes: Q, K, V and the context are (tokens × h·d), head after head. An item packs its keys once, then takes 48 queries at a time: their scores
/// (48 × length) never leave the second-level cache. 4·s²·d operations a head.
/// </remarks>
public static unsafe class AttentionForward
{
    /// <summary>Computes the context of every query row.</summary>
    public static void Run(ThreadTeam team, in AttentionShape shape, MatrixView q, MatrixView k, MatrixView v, MatrixView context, AttentionScratch scratch) =>
        Run(team, shape, q, k, v, context, scratch, default, SimdSelection.Path);

    /// <summary>The same with dropout on the attention probabilities, as in training.</summary>
    public static void Run(
        ThreadTeam team, in AttentionShape shape, MatrixView q, MatrixView k, MatrixView v, MatrixView context, AttentionScratch scratch, Training.Dropout dropout) =>
        Run(team, shape, q, k, v, context, scratch, dropout, SimdSelection.Path);

    internal static void Run(
        ThreadTeam team, in AttentionShape shape, MatrixView q, MatrixView k, MatrixView v, MatrixView context, AttentionScratch scratch, Training.Dropout dropout, SimdPath path) =>
        SimdDispatch.Run(new Kernel(team, shape, q, k, v, context, scratch, dropout), path);

    private readonly struct Kernel(
        ThreadTeam team, AttentionShape shape, MatrixView q, MatrixView k, MatrixView v, MatrixView context, AttentionScratch scratch, Training.Dropout dropout) : ISimdKernel
    {
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            var work = new Work<TSimd>(shape, q, k, v, context, scratch, dropout);
            team.Run(ref work, shape.Items);
        }
    }

    private readonly struct Work<TSimd>(
        AttentionShape shape, MatrixView q, MatrixView k, MatrixView v, MatrixView context, AttentionScratch scratch, Training.Dropout dropout) : IWork
        where TSimd : struct, ISimd<TSimd>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Execute(int item, int worker)
        {
            MatrixView queries = shape.Queries(q, item);
            MatrixView values = shape.Keys(v, item);
            MatrixView output = shape.Queries(context, item);
            RightView keys = GemmSerial.PackTransposed(shape.Keys(k, item), scratch.Panels(worker));
            float scale = 1f / MathF.Sqrt(shape.HeadSize);
            for (int row = 0; row < queries.Rows; row += AttentionScratch.QueryBlock)
            {
                int rows = Math.Min(AttentionScratch.QueryBlock, queries.Rows - row);
                var scores = new MatrixView(scratch.Scores(worker), rows, values.Rows, PackedMatrix.PanelCount(values.Rows) * PackedMatrix.PanelWidth);
                GemmSerial.Multiply<TSimd>(LeftView.Of(new MatrixView(queries.Row(row), rows, queries.Columns, queries.Stride)), keys, scores);
                for (int i = 0; i < rows; i++)
                {
                    Softmax.Run<TSimd>(scores.Row(i), scores.Columns, scale);
                    dropout.Apply(scores.Row(i), scores.Columns, shape.ScoreRow(item, row + i));
                }

                GemmSerial.Multiply<TSimd>(LeftView.Of(scores), RightView.Of(values), new MatrixView(output.Row(row), rows, output.Columns, output.Stride));
            }
        }
    }
}
