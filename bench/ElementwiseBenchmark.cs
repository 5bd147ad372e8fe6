using Endpoints.Compute.Embedding;
using Endpoints.Compute.Gemm;
using Endpoints.Compute.Normalization;
using Endpoints.Compute.Threads;
using Endpoints.Compute.Training;

namespace Endpoints.Bench;

/// <summary>Element-wise kernels on matrices that no cache holds, as a share of the memory bandwidth.</summary>
internal static unsafe class ElementwiseBenchmark
{
    private const int Rows = 32_768;
    private const int Width = 768;
    private const long Elements = (long)Rows * Width;

    public static void Run(Report report)
    {
        report.Heading("Element-wise kernels");
        report.Note($"{Rows} × {Width} floats a matrix ({Elements * sizeof(float) / 1e6:F0} MB); bytes an element that must cross the memory bus, beside the bandwidth of updating in place, for column sums of reading (a line written elsewhere than read counts twice, for it is fetched first).");
        report.Columns("kernel", "threads", "bytes", "ms", "GB/s", "typical share", "best GB/s", "best share");
        foreach (int threads in Limits.TeamSizes)
        {
            using var limits = new Limits(threads);
            using Operand x = new(Rows, Width, 1), y = new(Rows, Width, 2), z = new(Rows, Width, 3), w = new(Rows, Width, 4);
            using Operand gamma = new(1, Width, 5), beta = new(1, Width, 6), statistics = new(Rows, 2, 7), sums = new(2, Width, 8);
            var dropout = new Dropout(0.1f, 1);
            var tensor = new OptimizedTensor((nint)x.Data, (nint)y.Data, (nint)z.Data, (nint)w.Data, Elements);
            void Print(string name, int bytes, Action action) => Measure(report, limits, name, bytes, limits.Update, action);

            CheckNorm(limits, x, gamma, beta, z, statistics);
            Print("LayerNorm", 12, () => LayerNorm.Forward(limits.Team, x.View, gamma.Data, beta.Data, 1e-12f, z.View, statistics.Data));
            Print("LayerNorm, backward", 16, () => LayerNorm.Backward(limits.Team, y.View, x.View, gamma.Data, statistics.Data, z.View, sums.Data, sums.Data + Width));
            Print("GELU, backward", 12, () => RowMap.GeluBackward(limits.Team, z.View, x.View));
            Print("tanh, backward", 12, () => RowMap.TanhBackward(limits.Team, z.View, y.View));
            Print("add", 12, () => RowMap.Add(limits.Team, z.View, x.View));
            Print("dropout", 8, () => RowMap.Drop(limits.Team, z.View, dropout));
            Measure(report, limits, "column sums", 4, limits.Read, () => ColumnSums.Add(limits.Team, x.View, sums.Data));
            Embeddings(limits, x, z, Print);
            if (threads == 1)
            {
                Packing(x, Print);
            }

            MakePositive(w);
            Print("AdamW", 28, () => AdamW.Step(limits.Team, tensor, 1, 1e-5f, 1, new AdamWSettings()));
        }

        report.End();
    }

    private static void Measure(Report report, Limits limits, string name, int bytes, Func<double> limit, Action action)
    {
        Timing timing = Timing.Of(action, limit);
        double work = (double)bytes * Elements;
        report.Row(
            name, $"{limits.Team.Size}", $"{bytes}", $"{timing.Median * 1e3:F1}", $"{timing.Rate(work) / 1e9:F1}", $"{timing.TypicalShare(work):P1}",
            $"{timing.BestRate(work) / 1e9:F1}", $"{timing.BestShare(work):P1}");
    }

    /// <summary>What a second moment is.</summary>
    private static void MakePositive(Operand matrix)
    {
        foreach (ref float value in new Span<float>(matrix.Data, (int)Elements))
        {
            value = MathF.Abs(value);
        }
    }

    /// <summary>Word rows at random from a table of 100 MB, positions and types from the cache.</summary>
    private static void Embeddings(Limits limits, Operand words, Operand output, Action<string, int, Action> print)
    {
        var random = new Random(1);
        int[] ids = [.. Enumerable.Range(0, Rows).Select(_ => random.Next(Rows))], positions = [.. Enumerable.Range(0, Rows).Select(row => row % 64)], types = new int[Rows];
        fixed (int* a = ids, b = positions, c = types)
        {
            EmbeddingTable word = new(words.Data, a), position = new(words.Data, b), type = new(words.Data, c);
            EmbeddingSum.Forward(limits.Team, word, position, type, output.View);
            Verify.Near(words[ids[99], 5] + words[35, 5] + words[0, 5], output[99, 5], 1e-6, "an embedding");
            print("embedding sum", 12, () => EmbeddingSum.Forward(limits.Team, word, position, type, output.View));
            print("embedding sum, backward", 12, () => EmbeddingSum.Backward(limits.Team, word, position, type, output.View));
        }
    }

    /// <summary>What loading a model does to each weight, on the loading thread.</summary>
    private static void Packing(Operand weight, Action<string, int, Action> print)
    {
        using var packed = new PackedMatrix(Width, Rows);
        void Pack() => packed.PackTransposed(new ReadOnlySpan<float>(weight.Data, (int)Elements));
        Pack();
        using Operand left = new(1, Width, 9), product = new(1, Rows, 10);
        using var team = new ThreadTeam(1);
        Gemm.Multiply(team, LeftView.Of(left.View), packed.View, product.View);
        Verify.Near(Enumerable.Range(0, Width).Sum(k => (double)left[0, k] * weight[Rows - 3, k]), product[0, Rows - 3], 1e-3, "a product with packed weights");
        print("packing weights", 12, Pack);
    }

    private static void CheckNorm(Limits limits, Operand x, Operand gamma, Operand beta, Operand y, Operand statistics)
    {
        LayerNorm.Forward(limits.Team, x.View, gamma.Data, beta.Data, 1e-12f, y.View, statistics.Data);
        double[] row = [.. Enumerable.Range(0, Width).Select(column => (double)x[9, column])];
        double mean = row.Average(), deviation = Math.Sqrt(row.Average(value => (value - mean) * (value - mean)));
        Verify.Near(((row[7] - mean) / deviation * gamma[0, 7]) + beta[0, 7], y[9, 7], 1e-5, "a normalised value");
    }
}
