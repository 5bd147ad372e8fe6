using System.Text.Json;
using Endpoints.Bert.Multitask;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Tests.Reference;
using Endpoints.Bert.Training;
using Endpoints.Compute;

namespace Endpoints.Bert.Tests.Multitask;

/// <summary>Outputs, losses and gradients of the three heads against PyTorch's float64.</summary>
public sealed class SiameseGoldenTests
{
    private static readonly TrainerOptions WithoutDropout = new() { Dropout = 0, Threads = 2 };

    public static TheoryData<string, string> Heads => SiameseModel.AllHeads;

    public static TheoryData<string> Models => SiameseModel.All;

    [Theory, MemberData(nameof(Heads))]
    public void Run_GoldenPairs_MatchesOutputs(string row, string head)
    {
        using SiameseModel model = SiameseModel.Open(row);
        using var engine = new CpuEngine(threadsPerLane: 2);
        AssertClose(model.Expected(head), Outputs(model, engine, head, Precision.Float32), model.AllowedForward(model.OutputName(head)), head);
    }

    /// <summary>Within 2 % (bfloat16) and 5 % (int8) of the range that the outputs cover, as for classifiers.</summary>
    [Theory, MemberData(nameof(Heads))]
    public void Run_GoldenPairsInRoundedPrecisions_StaysNear(string row, string head)
    {
        using SiameseModel model = SiameseModel.Open(row);
        using var engine = new CpuEngine(threadsPerLane: 2);
        double[] expected = model.Expected(head);
        double range = expected.Max() - expected.Min();
        foreach ((Precision precision, double share) in (ReadOnlySpan<(Precision, double)>)[(Precision.BFloat16, 0.02), (Precision.Int8, 0.05)])
        {
            float[] outputs = Outputs(model, engine, head, precision);
            AssertClose(expected, outputs, share * range, $"{head} {precision}");
            Assert.Contains(expected.Zip(outputs), pair => (float)pair.First != pair.Second);
        }
    }

    [Theory, MemberData(nameof(Models))]
    public void Pool_GoldenSentences_MatchesPooledVectors(string row)
    {
        using SiameseModel model = SiameseModel.Open(row);
        using var engine = new CpuEngine(threadsPerLane: 2);
        BertConfig config = model.Parameters.Trunk.Config;
        IEncoder encoder = engine.Load(model.Parameters.Trunk).CreateEncoder(SubNetwork.Full(config), lane: 0);
        TokenBatch batch = model.Batch("similarity");
        var pooled = new float[batch.Count * config.HiddenSize];
        encoder.Pool(batch, pooled);

        double[] a = model.Outputs.Doubles("f64.a.pooled"), b = model.Outputs.Doubles("f64.b.pooled");
        double[] byTurns = [.. Enumerable.Range(0, batch.Count).SelectMany(i => (i % 2 == 0 ? a : b).Skip(i / 2 * config.HiddenSize).Take(config.HiddenSize))];
        AssertClose(byTurns, pooled, Math.Max(model.AllowedForward("a.pooled"), model.AllowedForward("b.pooled")), "pooled");
    }

    [Theory, MemberData(nameof(Heads))]
    public void Accumulate_GoldenPairs_MatchesLossAndGradients(string row, string head)
    {
        using SiameseModel model = SiameseModel.Open(row);
        using var trainer = new MultitaskTrainer(model.Parameters, WithoutDropout);
        double[] expected = model.Expected(head);
        var outputs = new float[expected.Length];
        float loss = trainer.Accumulate(SubNetwork.Full(model.Parameters.Trunk.Config), head, model.Batch(head), model.Loss(head), outputs);

        AssertClose(expected, outputs, model.AllowedForward(model.OutputName(head)), head);
        double expectedLoss = model.Outputs.Doubles($"f64.{head}.loss")[0];
        double allowed = model.AllowedForward($"{head}.loss");
        Assert.True(Math.Abs(loss - expectedLoss) <= allowed, $"{head}: loss {loss}, expected {expectedLoss}, allowed {allowed:e1}");
        AssertGradients(model, trainer, [head]);
    }

    [Theory, MemberData(nameof(Models))]
    public void Accumulate_GoldenHeadsOneAfterAnother_SumsGradients(string row)
    {
        using SiameseModel model = SiameseModel.Open(row);
        using var trainer = new MultitaskTrainer(model.Parameters, WithoutDropout);
        string[] heads = [.. model.Parameters.Heads.Select(head => head.Config.Name)];
        foreach (string head in heads)
        {
            trainer.Accumulate(SubNetwork.Full(model.Parameters.Trunk.Config), head, model.Batch(head), model.Loss(head), new float[model.Expected(head).Length]);
        }

        AssertGradients(model, trainer, heads);
    }

    private static float[] Outputs(SiameseModel model, CpuEngine engine, string head, Precision precision)
    {
        var network = new MultitaskNetwork(engine, model.Parameters, precision);
        var outputs = new float[model.Expected(head).Length];
        network.CreateRunner(SubNetwork.Full(network.Config), head, lane: 0).Run(model.Batch(head), outputs);
        return outputs;
    }

    private static void AssertGradients(SiameseModel model, MultitaskTrainer trainer, string[] heads)
    {
        TensorBundle[] expected = [.. heads.Select(head => new TensorBundle(Path.Combine(model.Folder, $"grads.{head}.safetensors")))];
        JsonElement[] tolerances = [.. heads.Select(head => model.Tolerances.GetProperty(head).GetProperty("grad"))];
        foreach (NamedTensor tensor in trainer.Gradients)
        {
            double[] sum = expected.Select(bundle => bundle.Doubles(tensor.Name)).Aggregate((a, b) => [.. a.Zip(b, (x, y) => x + y)]);
            double allowed = tensor.Name.EndsWith("key.bias", StringComparison.Ordinal) ? 2e-6 : tolerances.Sum(tolerance => Allowed(tolerance, tensor.Name));
            AssertClose(sum, tensor.Values, allowed, $"{string.Join('+', heads)} {tensor.Name}");
        }

        foreach (TensorBundle bundle in expected)
        {
            bundle.Dispose();
        }
    }

    /// <summary>A layer's weight and bias taken together: they share the error of the same gradient.</summary>
    private static double Allowed(JsonElement tolerances, string tensor)
    {
        string layer = tensor[..tensor.LastIndexOf('.')];
        double run = tolerances.EnumerateObject()
            .Where(other => other.Name == $"{layer}.weight" || other.Name == $"{layer}.bias")
            .Max(other => other.Value.GetProperty("max_abs_diff_f32_run").GetDouble());
        return (10 * run) + (1e-6 * tolerances.GetProperty(tensor).GetProperty("max_abs_f64").GetDouble());
    }

    private static void AssertClose(double[] expected, float[] actual, double allowed, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs(expected[i] - actual[i]);
            Assert.True(difference <= allowed, $"{what}[{i}]: {actual[i]}, expected {expected[i]}, off by {difference:e2} of {allowed:e2}");
        }
    }
}
