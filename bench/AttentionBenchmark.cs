using Endpoints.Compute;
using Endpoints.Compute.Attention;
using Endpoints.Compute.Linear;
using Endpoints.Compute.Training;

namespace Endpoints.Bench;

/// <summary>Attention of BERT-base's 12 heads of 64, forward and backward, as a share of the arithmetic peak.</summary>
internal static unsafe class AttentionBenchmark
{
    private const int Heads = 12;
    private const int HeadSize = 64;

    public static void Run(Report report)
    {
        report.Heading("Attention");
        report.Note("12 heads of 64, no padding; per head and sequence of s tokens 4 s² d operations forward and 10 s² d backward, softmax not counted.");
        report.Columns("sequences", "threads", "µs", "GFLOP/s", "typical share", "best GFLOP/s", "best share");
        int[] mix = Lengths.Draw(32);
        foreach (int threads in Limits.TeamSizes)
        {
            using var limits = new Limits(threads);
            foreach (Precision precision in (Precision[])[Precision.Float32, Precision.BFloat16])
            {
                Forward(limits, precision, $"32 like RTE ({mix.Sum()} tokens)", mix, report);
                Forward(limits, precision, "1 of 64", [64], report);
                Forward(limits, precision, "8 of 128", [.. Enumerable.Repeat(128, 8)], report);
                Forward(limits, precision, "2 of 512", [512, 512], report);
            }

            Measure(limits, $"32 like RTE ({mix.Sum()} tokens)", mix, report);
            Measure(limits, "1 of 64", [64], report);
            Measure(limits, "8 of 128", [.. Enumerable.Repeat(128, 8)], report);
            Measure(limits, "2 of 512", [512, 512], report);
        }

        report.End();
    }

    private static void Forward(Limits limits, Precision precision, string name, int[] lengths, Report report)
    {
        int tokens = lengths.Sum();
        int[] offsets = Offsets(lengths);
        using ActivationBuffer q = new(), k = new(), v = new(), output = new();
        Activations Make(ActivationBuffer buffer, int seed)
        {
            using var values = new Operand(tokens, Heads * HeadSize, seed);
            Activations rounded = buffer.Matrix(precision, tokens, Heads * HeadSize);
            ActivationConversion.Run(limits.Team, Activations.Of(values.View), rounded);
            return rounded;
        }

        Activations queries = Make(q, 1), keys = Make(k, 2), values = Make(v, 3), context = output.Matrix(precision, tokens, Heads * HeadSize);
        using var scratch = new AttentionScratch(limits.Team.Size, lengths.Max(), HeadSize);
        double squares = (double)Heads * HeadSize * lengths.Sum(length => (double)length * length);
        fixed (int* pointer = offsets)
        {
            var shape = new AttentionShape(lengths.Length, Heads, HeadSize, pointer, pointer);
            Timing timing = Timing.Of(() => AttentionForward.Run(limits.Team, shape, queries, keys, values, context, scratch), () => limits.Arithmetic(precision));
            Print(report, limits, $"{name}, {precision}", 4 * squares, timing);
        }
    }

    private static int[] Offsets(int[] lengths)
    {
        var offsets = new int[lengths.Length + 1];
        for (int i = 0; i < lengths.Length; i++)
        {
            offsets[i + 1] = offsets[i] + lengths[i];
        }

        return offsets;
    }

    private static void Measure(Limits limits, string name, int[] lengths, Report report)
    {
        int tokens = lengths.Sum();
        int[] offsets = Offsets(lengths);
        Operand Make(int seed) => new(tokens, Heads * HeadSize, seed);
        using Operand q = Make(1), k = Make(2), v = Make(3), context = Make(4), gradient = Make(5), dq = Make(6), dk = Make(7), dv = Make(8);
        using var scratch = new AttentionScratch(limits.Team.Size, lengths.Max(), HeadSize, backward: true);
        double squares = (double)Heads * HeadSize * lengths.Sum(length => (double)length * length);
        fixed (int* pointer = offsets)
        {
            var shape = new AttentionShape(lengths.Length, Heads, HeadSize, pointer, pointer);
            AttentionForward.Run(limits.Team, shape, q.View, k.View, v.View, context.View, scratch, default(Dropout));
            Check(q, k, v, context, lengths[0]);
            Timing timing = Timing.Of(
                () => AttentionBackward.Run(
                    limits.Team, shape, q.View, k.View, v.View, gradient.View, dq.View, dk.View, dv.View, scratch, default(Dropout)),
                limits.Arithmetic);
            Print(report, limits, $"{name}, backward", 10 * squares, timing);
        }
    }

    private static void Print(Report report, Limits limits, string name, double work, Timing timing)
    {
        report.Row(
            name, $"{limits.Team.Size}", $"{timing.Median * 1e6:F0}", $"{timing.Rate(work) / 1e9:F1}", $"{timing.TypicalShare(work):P1}",
            $"{timing.BestRate(work) / 1e9:F1}", $"{timing.BestShare(work):P1}");
    }

    /// <summary>The last query of the first sequence, last head, straight from the formula.</summary>
    private static void Check(Operand q, Operand k, Operand v, Operand context, int length)
    {
        const int first = (Heads - 1) * HeadSize;
        double[] weights = [.. Enumerable.Range(0, length).Select(row => Math.Exp(
            Enumerable.Range(first, HeadSize).Sum(column => (double)q[length - 1, column] * k[row, column]) / Math.Sqrt(HeadSize)))];
        for (int column = first; column < first + HeadSize; column++)
        {
            double expected = Enumerable.Range(0, length).Sum(row => weights[row] * v[row, column]) / weights.Sum();
            Verify.Near(expected, context[length - 1, column], 1e-5, $"the context in column {column}");
        }
    }
}
