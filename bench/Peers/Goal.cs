using Endpoints.Compute;

namespace Endpoints.Bench.Peers;

/// <summary>A figure that is wanted, beside the one that was measured; NaN where a peer is absent.</summary>
/// <param name="Text">What it is.</param>
/// <param name="Wanted">At least, or at most where <paramref name="IsMost"/> says so.</param>
/// <param name="Measured">In this run.</param>
/// <param name="IsMost">True where less is better.</param>
internal sealed record Goal(string Text, double Wanted, double Measured, bool IsMost = false)
{
    /// <summary>How near the pruned model's ratios are to be to the base's.</summary>
    private const double Within = 0.9;

    public string Verdict => double.IsNaN(Measured) ? "not measured" : (IsMost ? Measured <= Wanted : Measured >= Wanted) ? "reached" : "not reached";

    /// <summary>Every goal on RTE's length mix.</summary>
    /// <param name="measurements">All of the run.</param>
    /// <param name="shortestOverLimit">Time of base, one pair of 16 tokens, bfloat16, over its limit; NaN where not measured.</param>
    public static List<Goal> Of(IReadOnlyList<Measurement> measurements, double shortestOverLimit)
    {
        const string runtime = "ONNX Runtime", torch = "PyTorch", ours = OurContestant.Name;
        Measurement[] mix = [.. measurements.Where(one => one.Lengths == Workload.Mix)];
        double Best(string model, string engine, Precision precision) => Rate(mix.Where(one => Is(one, model, engine, precision)));
        double At(string model, string engine, Precision precision, int size) =>
            Rate(mix.Where(one => Is(one, model, engine, precision) && one.BatchSize == size && !one.IsSorted));
        var goals = new List<Goal>();
        foreach ((string model, double share) in (ReadOnlySpan<(string, double)>)[("base", 1), ("base pruned", Within)])
        {
            double ortBest = Best(model, runtime, Precision.Float32);
            goals.Add(new($"{model} float32 / ONNX Runtime float32, each at its best", 1.35 * share, Best(model, ours, Precision.Float32) / ortBest));
            goals.Add(new(
                $"{model} float32 / ONNX Runtime float32, batch 32", 3.0 * share, At(model, ours, Precision.Float32, 32) / At(model, runtime, Precision.Float32, 32)));
            goals.Add(new($"{model} bfloat16 / ONNX Runtime float32, each at its best", 2.4 * share, Best(model, ours, Precision.BFloat16) / ortBest));
            goals.Add(new(
                $"{model} bfloat16 / PyTorch bfloat16, each at its best", 1.9 * share, Best(model, ours, Precision.BFloat16) / Best(model, torch, Precision.BFloat16)));
            goals.Add(new($"{model} int8 / ONNX Runtime int8, each at its best", 1.4 * share, Best(model, ours, Precision.Int8) / Best(model, runtime, Precision.Int8)));
        }

        foreach (string model in (string[])["tiny", "mini"])
        {
            goals.Add(new($"{model} float32 / ONNX Runtime float32, batch 1", 1.5, At(model, ours, Precision.Float32, 1) / At(model, runtime, Precision.Float32, 1)));
        }

        goals.Add(new("bytes allocated for a batch, most of any", 0, measurements.Max(one => one.AllocatedPerBatch) ?? double.NaN, IsMost: true));
        goals.Add(new("base bfloat16, one pair of 16 tokens: time over its limit", 1.4, shortestOverLimit, IsMost: true));
        return goals;
    }

    private static bool Is(Measurement one, string model, string engine, Precision precision) =>
        one.Model == model && one.Precision == precision && one.Engine.StartsWith(engine, StringComparison.Ordinal);

    private static double Rate(IEnumerable<Measurement> measurements) => measurements.Select(one => one.PairsPerSecond).DefaultIfEmpty(double.NaN).Max();
}
