using System.Runtime.CompilerServices;
using Endpoints.Compute.Gemm;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Threads;

namespace Endpoints.Compute.Attention;

/// <summary>
/// Gradients of attention, per sequence and head. With P = softmax(Q Kᵀ / √d) recomputed, D the dropout of its entries and dO the context's gradient:
/// dV = (P∘D)ᵀ dO, dP = D ∘ (dO Vᵀ), dS = P ∘ (dP - rowsum(P ∘ dP)) / √d, dQ = dS K, dK = dSᵀ Q.
/// </summary>
/// <remarks>Recomputing P costs 2·s²·d of the backward's 10·s²·d operations and saves storing h·s² floats a sequence and layer.</remarks>
public static unsafe class AttentionBackward
{
    /// <summary>Writes the gradients of Q, K and V; shapes as in the forward, queries and keys of the same rows or not.</summary>
    public static void Run(
        ThreadTeam team, in AttentionShape shape, MatrixView q, MatrixView k, MatrixView v, MatrixView contextGradient,
        MatrixView qGradient, MatrixView kGradient, MatrixView vGradient, AttentionScratch scratch, Training.Dropout dropout) =>
        Run(team, shape, q, k, v, contextGradient, qGradient, kGradient, vGradient, scratch, dropout, SimdSelection.Path);

    internal static void Run(
        ThreadTeam team, in AttentionShape shape, MatrixView q, MatrixView k, MatrixView v, MatrixView contextGradient,
        MatrixView qGradient, MatrixView kGradient, MatrixView vGradient, AttentionScratch scratch, Training.Dropout dropout, SimdPath path) =>
        SimdDispatch.Run(new Kernel(team, new Operands(shape, q, k, v, contextGradient, qGradient, kGradient, vGradient), scratch, dropout), path);

    private readonly record struct Operands(
        AttentionShape Shape, MatrixView Q, MatrixView K, MatrixView V, MatrixView ContextGradient, MatrixView QGradient, MatrixView KGradient, MatrixView VGradient);

    private readonly struct Kernel(ThreadTeam team, Operands operands, AttentionScratch scratch, Training.Dropout dropout) : ISimdKernel
    {
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            var work = new Work<TSimd>(operands, scratch, dropout);
            team.Run(ref work, operands.Shape.Items);
        }
    }

    private readonly struct Work<TSimd>(Operands operands, AttentionScratch scratch, Training.Dropout dropout) : IWork
        where TSimd : struct, ISimd<TSimd>
    {
        public void Execute(int item, int worker)
        {
            AttentionShape shape = operands.Shape;
            MatrixView q = shape.Queries(operands.Q, item), k = shape.Keys(operands.K, item), v = shape.Keys(operands.V, item);
            MatrixView gradient = shape.Queries(operands.ContextGradient, item);
            float scale = 1f / MathF.Sqrt(shape.HeadSize);
            int stride = PackedMatrix.PanelCount(k.Rows) * PackedMatrix.PanelWidth;
            var p = new MatrixView(scratch.Scores(worker), q.Rows, k.Rows, stride);
            var dp = new MatrixView(scratch.MoreScores(worker), q.Rows, k.Rows, stride);

            GemmSerial.Multiply<TSimd>(LeftView.Of(q), GemmSerial.PackTransposed(k, scratch.Panels(worker)), p);
            GemmSerial.Multiply<TSimd>(LeftView.Of(gradient), GemmSerial.PackTransposed(v, scratch.Panels(worker)), dp);
            for (int row = 0; row < q.Rows; row++)
            {
                Softmax.Run<TSimd>(p.Row(row), k.Rows, scale);
            }

            if (dropout.IsActive)
            {
                ScoreGradientsAndDroppedProbabilities(p, dp, item, scale);
            }
            else
            {
                ScoreGradients(p, dp, scale);
            }

            GemmSerial.Multiply<TSimd>(LeftView.Transposed(p), RightView.Of(gradient), shape.Keys(operands.VGradient, item));
            GemmSerial.Multiply<TSimd>(LeftView.Of(dp), RightView.Of(k), shape.Queries(operands.QGradient, item));
            GemmSerial.Multiply<TSimd>(LeftView.Transposed(dp), RightView.Of(q), shape.Keys(operands.KGradient, item));
        }

        /// <summary>dP becomes dS; P stays.</summary>
        private static void ScoreGradients(MatrixView p, MatrixView dp, float scale)
        {
            for (int row = 0; row < p.Rows; row++)
            {
                ScoreGradient(p.Row(row), dp.Row(row), p.Columns, scale);
            }
        }

        /// <summary>dP becomes dS and P becomes P∘D, the factor of dV. The mask is computed again, not stored.</summary>
        private void ScoreGradientsAndDroppedProbabilities(MatrixView p, MatrixView dp, int item, float scale)
        {
            for (int row = 0; row < p.Rows; row++)
            {
                long key = operands.Shape.ScoreRow(item, row);
                dropout.Apply(dp.Row(row), p.Columns, key);
                ScoreGradient(p.Row(row), dp.Row(row), p.Columns, scale);
                dropout.Apply(p.Row(row), p.Columns, key);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void ScoreGradient(float* p, float* dp, int count, float scale)
        {
            TSimd sums = TSimd.Zero;
            int i = 0;
            for (; i + TSimd.Width <= count; i += TSimd.Width)
            {
                sums = TSimd.MultiplyAdd(TSimd.Load(p + i), TSimd.Load(dp + i), sums);
            }

            float sum = TSimd.Sum(sums);
            for (; i < count; i++)
            {
                sum += p[i] * dp[i];
            }

            TSimd shift = TSimd.Broadcast(sum), factor = TSimd.Broadcast(scale);
            for (i = 0; i + TSimd.Width <= count; i += TSimd.Width)
            {
                TSimd.Store(TSimd.Load(p + i) * (TSimd.Load(dp + i) - shift) * factor, dp + i);
            }

            for (; i < count; i++)
            {
                dp[i] = p[i] * (dp[i] - sum) * scale;
            }
        }
    }
}
