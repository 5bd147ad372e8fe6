using System.Runtime.CompilerServices;
using Endpoints.Compute.Gemm;
using Endpoints.Compute.Linear;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Threads;
using Endpoints.Compute.Tiles;
using Endpoints.Compute.Training;

namespace Endpoints.Compute.Attention;

/// <summary>What a call of attention works on.</summary>
internal readonly record struct AttentionOperands(
    AttentionShape Shape, Activations Q, Activations K, Activations V, Activations Context, AttentionScratch Scratch, Dropout Dropout, TileKernels Kernels, int Threads);

/// <summary>One head of one sequence.</summary>
internal readonly unsafe struct AttentionItem<TSimd, THeads>(AttentionOperands operands) : IWork
    where TSimd : struct, ISimd<TSimd>
    where THeads : struct, IHeads
{
    private const int PanelWidth = PackedMatrix.PanelWidth, MaxTileRows = 12, LineBytes = 64;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Execute(int item, int worker)
    {
        float* memory = stackalloc float[(MaxTileRows * PanelWidth) + (LineBytes / sizeof(float))];
        float* sums = (float*)(((nint)memory + LineBytes - 1) & -LineBytes);
        AttentionScratch scratch = operands.Scratch;
        Activations queries = operands.Shape.Queries(operands.Q, item), context = operands.Shape.Queries(operands.Context, item);
        Activations keys = operands.Shape.Keys(operands.K, item), values = operands.Shape.Keys(operands.V, item);
        int length = keys.Rows;
        FetchNext(item);
        THeads.PackKeys(keys, scratch.Panels(worker));
        THeads.PackValues<TSimd>(values, scratch.ValuePanels(worker));
        float scale = 1f / MathF.Sqrt(operands.Shape.HeadSize);
        var scores = new MatrixView(scratch.Scores(worker), AttentionScratch.QueryBlock, length, PackedMatrix.PanelCount(length) * PanelWidth);
        float* inverses = scratch.RowSums(worker);
        for (int first = 0; first < queries.Rows; first += AttentionScratch.QueryBlock)
        {
            int rows = Math.Min(AttentionScratch.QueryBlock, queries.Rows - first);
            Score(queries, first, rows, scratch.Panels(worker), scores);
            Activations weights = THeads.Probabilities(scores, rows, scratch.MoreScores(worker));
            for (int row = 0; row < rows; row++)
            {
                inverses[row] = 1f / THeads.Exponentials<TSimd>(scores.Row(row), weights, row, scale);
                operands.Dropout.Apply(scores.Row(row), length, operands.Shape.ScoreRow(item, first + row));
            }

            Mix(weights, scratch.ValuePanels(worker), inverses, context, first, sums);
        }
    }

    /// <summary>
    /// Brings the rows of the head that this thread will probably take next into the second-level cache: a head's rows are short and far apart, which
    /// no hardware follows.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FetchNext(int item)
    {
        int next = item + operands.Threads;
        if (next < operands.Shape.Items)
        {
            Fetch(operands.Shape.Keys(operands.K, next));
            Fetch(operands.Shape.Keys(operands.V, next));
            Fetch(operands.Shape.Queries(operands.Q, next));
        }
    }

    private static void Fetch(Activations rows)
    {
        nint bytes = (nint)Groups.Count(rows.Precision, rows.Columns) * Groups.Bytes;
        for (int row = 0; row < rows.Rows; row++)
        {
            byte* data = rows.Row(row);
            for (nint offset = 0; offset < bytes; offset += LineBytes)
            {
                Ahead.Fetch(data + offset);
            }
        }
    }

    /// <summary>Scores of some queries with all keys, panel by panel of 32 keys.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Score(Activations queries, int first, int rows, float* panels, MatrixView scores)
    {
        int steps = Groups.Count(queries.Precision, queries.Columns);
        var tile = new TileArguments { ARow = queries.RowBytes, Steps = steps, CRow = (nint)scores.Stride * sizeof(float), Ahead = (byte*)panels };
        for (int column = 0; column < scores.Columns; column += PanelWidth)
        {
            tile.B = (byte*)panels + ((nint)(column / PanelWidth) * steps * PackedWeights.StepBytes);
            for (int row = 0, tiles = Tiles(rows); row < rows; tiles--)
            {
                int height = (rows - row + tiles - 1) / tiles;
                tile.A = queries.Row(first + row);
                tile.C = scores.Row(row) + column;
                operands.Kernels.Run(height, Math.Min(PanelWidth, scores.Columns - column), &tile);
                row += height;
            }
        }
    }

    /// <summary>context = (weights · values) / sum of weights.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Mix(Activations weights, float* panels, float* inverses, Activations context, int first, float* sums)
    {
        int steps = Groups.Count(weights.Precision, weights.Columns);
        var tile = new TileArguments { ARow = weights.RowBytes, Steps = steps, C = sums, CRow = PanelWidth * sizeof(float), Ahead = (byte*)panels };
        for (int column = 0; column < context.Columns; column += PanelWidth)
        {
            int columns = Math.Min(PanelWidth, context.Columns - column);
            tile.B = (byte*)panels + ((nint)(column / PanelWidth) * steps * PackedWeights.StepBytes);
            for (int row = 0, tiles = Tiles(weights.Rows); row < weights.Rows; tiles--)
            {
                int height = (weights.Rows - row + tiles - 1) / tiles;
                tile.A = weights.Row(row);
                operands.Kernels.Run(height, columns, &tile);
                for (int r = 0; r < height; r++)
                {
                    Finish(sums + (r * PanelWidth), columns, inverses[row + r], context.Row(first + row + r), column);
                }

                row += height;
            }
        }
    }

    private int Tiles(int rows) => (rows + operands.Kernels.MaxRows - 1) / operands.Kernels.MaxRows;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(float* sums, int columns, float inverse, byte* row, int column)
    {
        TSimd factor = TSimd.Broadcast(inverse);
        int i = 0;
        for (; i + TSimd.Width <= columns; i += TSimd.Width)
        {
            THeads.Store(TSimd.Load(sums + i) * factor, row, column + i);
        }

        for (; i < columns; i++)
        {
            THeads.Store(SimdScalar.Broadcast(sums[i] * inverse), row, column + i);
        }
    }
}
