using Endpoints.Compute;
using Endpoints.Compute.Gemm;
using Endpoints.Compute.Linear;

namespace Endpoints.Bench;

/// <summary>Linear layers of BERT-base in every precision, beside the two limits: arithmetic, and reading the weights from memory.</summary>
internal static unsafe class LinearBenchmark
{
    private const int Hidden = 768, Units = 3072;

    private static readonly (int Rows, int Outputs, int Inputs)[] Shapes =
    [
        (504, Units, Hidden), (504, Hidden, Units), (504, Hidden, Hidden), (64, Units, Hidden), (64, Hidden, Hidden), (16, Units, Hidden), (16, Hidden, Units), (1, Hidden, Hidden),
    ];

    public static void Run(Report report)
    {
        report.Heading("Linear layers");
        report.Note("rows × outputs × inputs, with bias, to the type that the encoder keeps (float32; else bfloat16). Weights of 64 layers in turn, so that they come from memory as in a pass; the limit is the larger of arithmetic and reading them once.");
        report.Columns("shape", "precision", "threads", "µs", "Gop/s", "limit µs", "bound by", "typical share", "best share");
        foreach (int threads in Limits.TeamSizes)
        {
            using var limits = new Limits(threads);
            foreach (Precision precision in Enum.GetValues<Precision>())
            {
                foreach ((int rows, int outputs, int inputs) in Shapes)
                {
                    Measure(report, limits, precision, rows, outputs, inputs);
                }
            }
        }

        report.End();
    }

    private static void Measure(Report report, Limits limits, Precision precision, int rows, int outputs, int inputs)
    {
        const long coldBytes = 150_000_000;
        using Operand values = new(rows, inputs, 1), bias = new(1, outputs, 2);
        using ActivationBuffer input = new(), output = new();
        Activations a = input.Matrix(precision, rows, inputs), c = output.Matrix(precision == Precision.Float32 ? precision : Precision.BFloat16, rows, outputs);
        ActivationConversion.Run(limits.Team, Activations.Of(values.View), a);
        var weight = new float[outputs * inputs];
        Operand.Values(weight, 3);
        var first = new PackedWeights(precision, inputs, outputs, weight);
        PackedWeights[] weights = [first, .. Enumerable.Range(1, (int)(coldBytes / first.Bytes)).Select(_ => new PackedWeights(precision, inputs, outputs, weight))];
        int turn = 0;
        double operations = 2.0 * rows * outputs * inputs;
        double Limit() => 1 / Math.Max(operations / limits.Arithmetic(precision), first.Bytes / limits.Read());
        Timing timing = Timing.Of(() => LinearForward.Run(limits.Team, new LinearLayer<AddBias>(a, weights[turn++ % weights.Length].View, c, new(bias.Data))), Limit, 0.5);
        bool isMemory = operations / limits.Arithmetic(precision) < first.Bytes / limits.Read();
        report.Row(
            $"{rows} × {outputs} × {inputs}", $"{precision}", $"{limits.Team.Size}", $"{timing.Median * 1e6:F0}", $"{timing.Rate(operations) / 1e9:F0}", $"{1e6 / timing.MedianLimit:F0}",
            isMemory ? "memory" : "arithmetic", $"{timing.TypicalShare(1):P0}", $"{timing.BestShare(1):P0}");
    }
}
