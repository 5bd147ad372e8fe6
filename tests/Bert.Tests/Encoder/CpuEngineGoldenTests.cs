using System.Text.Json;
using Endpoints.Bert.Tests.Reference;
using Endpoints.Compute;

namespace Endpoints.Bert.Tests.Encoder;

/// <summary>The serving path's logits against PyTorch's float64, whole and for every sub-network there.</summary>
public sealed class CpuEngineGoldenTests
{
    public static TheoryData<string> Models => GoldenModel.All;

    [Theory, MemberData(nameof(Models))]
    public void Classify_EveryGoldenScenario_MatchesLogits(string row)
    {
        using GoldenModel model = GoldenModel.Open(row);
        using var engine = new CpuEngine(threadsPerLane: 2);
        ISuperNetwork network = engine.Load(model.Checkpoint);
        JsonElement tolerances = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(model.Folder, "tolerances.json"))).RootElement;
        var batch = new TokenBatch();
        foreach (GoldenSequence sequence in model.Sequences)
        {
            batch.Add(sequence.Tokens, sequence.Types);
        }

        foreach (string scenario in model.Scenarios)
        {
            var logits = new float[batch.Count * model.Config.LabelCount];
            network.CreateClassifier(model.SubNetwork(scenario), 0).Classify(batch, logits);

            double[] expected = model.Outputs.Doubles($"{scenario}.f64.logits");
            JsonElement tolerance = tolerances.GetProperty(scenario).GetProperty("forward").GetProperty("logits");
            double allowed = (10 * tolerance.GetProperty("max_abs_diff_f32_run").GetDouble()) + (1e-6 * tolerance.GetProperty("max_abs_f64").GetDouble());
            for (int i = 0; i < expected.Length; i++)
            {
                double difference = Math.Abs(expected[i] - logits[i]);
                Assert.True(difference <= allowed, $"{row} {scenario} logit {i}: {logits[i]}, expected {expected[i]}, allowed {allowed:e1}");
            }
        }
    }

    /// <summary>Within 2 % (bfloat16) and 5 % (int8) of the range that a model's logits cover, over all its scenarios: one scenario of one label has four logits.</summary>
    [Theory, MemberData(nameof(Models))]
    public void Classify_RoundedPrecisions_StayNearLogits(string row)
    {
        using GoldenModel model = GoldenModel.Open(row);
        using var engine = new CpuEngine(threadsPerLane: 2);
        double[] all = [.. model.Scenarios.SelectMany(scenario => model.Outputs.Doubles($"{scenario}.f64.logits"))];
        double range = all.Max() - all.Min();
        foreach ((Precision precision, double share) in (ReadOnlySpan<(Precision, double)>)[(Precision.BFloat16, 0.02), (Precision.Int8, 0.05)])
        {
            ISuperNetwork network = engine.Load(model.Checkpoint, precision);
            var batch = new TokenBatch();
            foreach (GoldenSequence sequence in model.Sequences)
            {
                batch.Add(sequence.Tokens, sequence.Types);
            }

            foreach (string scenario in model.Scenarios)
            {
                var logits = new float[batch.Count * model.Config.LabelCount];
                network.CreateClassifier(model.SubNetwork(scenario), 0).Classify(batch, logits);
                double[] expected = model.Outputs.Doubles($"{scenario}.f64.logits");
                double worst = expected.Zip(logits, (a, b) => Math.Abs(a - b)).Max();
                Assert.True(worst <= share * range, $"{row} {scenario} {precision}: off by {worst:e2}, {worst / range:P2} of the range {range:e2}; {share:P0} allowed.");
            }
        }
    }
}
