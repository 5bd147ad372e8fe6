using Endpoints.Bert.Training;
using Endpoints.Bert.Training.Losses;
using Endpoints.Tests;

namespace Endpoints.Bert.Tests.Training.Losses;

public sealed class LossGoldenTests
{
    public static TheoryData<string> Models => Golden.Find("model", "*", directories: true);

    [Theory, MemberData(nameof(Models))]
    public void Compute_GoldenLogits_GivesGoldenLosses(string row)
    {
        string file = Path.Combine(Golden.Found(row), "outputs.safetensors");
        if (!File.Exists(file))
        {
            return; // A golden folder may hold only some of the files.
        }

        var outputs = new GoldenTensors(file);
        string[] scenarios = [.. outputs.Names.Where(name => name.EndsWith(".f64.logits", StringComparison.Ordinal)).Select(name => name.Split('.')[0])];
        Assert.Contains("base", scenarios);
        float[] teacher = Floats(outputs["base.f64.logits"]);
        double[] labels = outputs["labels"];
        int labelCount = teacher.Length / labels.Length;
        ILoss labelLoss = labelCount == 1
            ? new SquaredErrorLoss(Floats(labels))
            : new CrossEntropyLoss(labels.Select(label => (int)label).ToArray());

        foreach (string scenario in scenarios)
        {
            float[] logits = Floats(outputs[$"{scenario}.f64.logits"]);
            double loss = Compute(labelLoss, logits, labelCount);
            Near(outputs[$"{scenario}.f64.loss"][0], loss, scenario);
            if (scenario == "base")
            {
                continue;
            }

            double kd = outputs[$"{scenario}.f64.kd"][0];
            double kdWeight = labelCount == 1 ? 1 : 100;
            var plain = new DistillationLoss(teacher, 10, squareTemperature: false);
            var squared = new DistillationLoss(teacher, 10, squareTemperature: true);
            Near(kd, Compute(plain, logits, labelCount), scenario);
            Near(outputs[$"{scenario}.f64.ce_plus_kd"][0], Compute(new WeightedSum((labelLoss, 1), (plain, 1)), logits, labelCount), scenario);
            Near(outputs[$"{scenario}.f64.loss"][0] + (kdWeight * kd), Compute(new WeightedSum((labelLoss, 1), (squared, 1)), logits, labelCount), scenario);
        }
    }

    private static double Compute(ILoss loss, float[] logits, int labelCount) => loss.Compute(logits, labelCount, new float[logits.Length]);

    private static float[] Floats(double[] values) => [.. values.Select(value => (float)value)];

    /// <summary>The logits were rounded to float32: 1e-6 of the value, and 1e-8 for terms near zero.</summary>
    private static void Near(double expected, double actual, string what) =>
        Assert.True(Math.Abs(expected - actual) <= 1e-8 + (2e-6 * Math.Abs(expected)), $"{what}: expected {expected:R}, got {actual:R}");
}
