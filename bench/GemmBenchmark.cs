using Endpoints.Compute.Gemm;

namespace Endpoints.Bench;

/// <summary>Matrix products of BERT's shapes, as a share of the float32 peak measured in the same rounds.</summary>
internal static unsafe class GemmBenchmark
{
    private static readonly Shape Large = new(504, 3072, 768), Small = new(64, 768, 768);

    private static readonly Shape[] Shapes =
    [
        Large, new(504, 768, 3072), new(504, 768, 768), new(2048, 3072, 768), new(64, 3072, 768), Small, new(16, 768, 768), new(1, 768, 768), new(400, 128, 128), new(24, 512, 128),
    ];

    public static void Run(Report report)
    {
        report.Heading("Matrix products");
        report.Note("C (m × n) = A (m × k) · B (k × n), float32, B packed; 2 m n k operations.");
        report.Columns("m × n × k", "threads", "µs", "GFLOP/s", "typical share", "best GFLOP/s", "best share");
        var results = new Dictionary<(Shape, int), Timing>();
        foreach (int threads in Limits.TeamSizes)
        {
            using var limits = new Limits(threads);
            foreach (Shape shape in Shapes)
            {
                results[(shape, threads)] = Measure(limits, shape, gelu: false, report);
            }

            Measure(limits, Large, gelu: true, report);
        }

        report.End();
        Bars(report, results);
    }

    private static Timing Measure(Limits limits, Shape shape, bool gelu, Report report)
    {
        using Operand a = new(shape.M, shape.K, 1), c = new(shape.M, shape.N, 2), bias = new(1, shape.N, 3);
        using var b = new PackedMatrix(shape.K, shape.N);
        var weight = new float[shape.N * shape.K];
        Operand.Values(weight, 4);
        b.PackTransposed(weight);
        Action multiply = gelu
            ? () => Gemm.Multiply(limits.Team, LeftView.Of(a.View), b.View, c.View, new AddBiasGelu(bias.Data))
            : () => Gemm.Multiply(limits.Team, LeftView.Of(a.View), b.View, c.View, new AddBias(bias.Data));
        multiply();
        if (!gelu)
        {
            Check(shape, a, weight, bias, c);
        }

        Timing timing = Timing.Of(multiply, limits.Arithmetic);
        double work = shape.Operations;
        report.Row(
            gelu ? $"{shape} with GELU" : $"{shape}", $"{limits.Team.Size}", $"{timing.Median * 1e6:F0}", $"{timing.Rate(work) / 1e9:F1}", $"{timing.TypicalShare(work):P1}",
            $"{timing.BestRate(work) / 1e9:F1}", $"{timing.BestShare(work):P1}");
        return timing;
    }

    private static void Check(Shape shape, Operand a, float[] weight, Operand bias, Operand c)
    {
        for (int i = 0; i < 200; i++)
        {
            int row = i * 7919 % shape.M, column = i * 104_729 % shape.N;
            double expected = bias[0, column];
            for (int k = 0; k < shape.K; k++)
            {
                expected += (double)a[row, k] * weight[(column * shape.K) + k];
            }

            Verify.Near(expected, c[row, column], 1e-3, $"C[{row}, {column}] of {shape}");
        }
    }

    /// <summary>What the project promises of this kernel.</summary>
    private static void Bars(Report report, Dictionary<(Shape, int), Timing> results)
    {
        Timing large = results[(Large, 1)], small = results[(Small, 1)];
        report.Columns("bar", "wanted", "typical", "best");
        report.Row($"{Large} on one thread, of the peak", "85 %", $"{large.TypicalShare(Large.Operations):P1}", $"{large.BestShare(Large.Operations):P1}");
        report.Row($"{Small} on one thread, of the peak", "70 %", $"{small.TypicalShare(Small.Operations):P1}", $"{small.BestShare(Small.Operations):P1}");
        if (results.TryGetValue((Large, 2), out Timing two))
        {
            report.Row($"{Large}, two threads over one", "1.8 ×", $"{large.Median / two.Median:F2} ×", $"{large.Best / two.Best:F2} ×");
        }

        report.End();
    }

    private readonly record struct Shape(int M, int N, int K)
    {
        public double Operations => 2.0 * M * N * K;

        public override string ToString() => $"{M} × {N} × {K}";
    }
}
