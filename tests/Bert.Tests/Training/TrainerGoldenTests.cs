using System.Text.Json;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Tests.Reference;
using Endpoints.Bert.Training;
using Endpoints.Bert.Training.Losses;
using Endpoints.Compute;

namespace Endpoints.Bert.Tests.Training;

/// <summary>Forward, gradients and optimiser steps against PyTorch's float64 runs, whole and for every sub-network there.</summary>
public sealed class TrainerGoldenTests
{
    private static readonly TrainerOptions WithoutDropout = new() { Dropout = 0, Threads = 2 };

    public static TheoryData<string> Models => GoldenModel.All;

    [Theory, MemberData(nameof(Models))]
    public void Accumulate_EveryGoldenScenario_MatchesForwardAndGradients(string row)
    {
        using GoldenModel model = GoldenModel.Open(row);
        JsonElement tolerances = Json(model, "tolerances.json");
        foreach (string scenario in model.Scenarios)
        {
            using var trainer = new Trainer(model.Checkpoint.Parameters, WithoutDropout);
            var logits = new float[model.Sequences.Count * model.Config.LabelCount];
            float loss = trainer.Accumulate(model.SubNetwork(scenario), Batch(model), Loss(model), logits);

            AssertClose(model.Outputs.Doubles($"{scenario}.f64.logits"), logits, Allowed(tolerances.GetProperty(scenario).GetProperty("forward").GetProperty("logits")), $"{row} {scenario} logits");
            double expectedLoss = model.Outputs.Doubles($"{scenario}.f64.loss")[0];
            Assert.True(Math.Abs(loss - expectedLoss) <= 1e-5 * Math.Max(1, Math.Abs(expectedLoss)), $"{row} {scenario}: loss {loss}, expected {expectedLoss}");
            AssertGradients(model, scenario, trainer, tolerances);
        }
    }

    [Theory, MemberData(nameof(Models))]
    public void Accumulate_GoldenDistillation_MatchesGradients(string row)
    {
        using GoldenModel model = GoldenModel.Open(row);
        float[] teacher = [.. model.Outputs.Doubles("base.f64.logits").Select(value => (float)value)];
        using var trainer = new Trainer(model.Checkpoint.Parameters, WithoutDropout);
        var loss = new DistillationLoss(teacher, 10f, squareTemperature: false);
        float value = trainer.Accumulate(model.SubNetwork("small"), Batch(model), loss, new float[teacher.Length]);

        double expected = model.Outputs.Doubles("small.f64.kd")[0];
        Assert.True(Math.Abs(value - expected) <= (1e-4 * Math.Abs(expected)) + 1e-6, $"{row}: kd {value}, expected {expected}");
        AssertGradients(model, "kd_small", trainer, Json(model, "tolerances.json"));
    }

    [Theory, MemberData(nameof(Models))]
    public void HiddenStates_GoldenBase_MatchEveryLayer(string row)
    {
        using GoldenModel model = GoldenModel.Open(row);
        JsonElement forward = Json(model, "tolerances.json").GetProperty("base").GetProperty("forward");
        using var trainer = new Trainer(model.Checkpoint.Parameters, WithoutDropout);
        TokenBatch batch = Batch(model);
        int[] offsets = batch.Offsets.ToArray();
        int of17 = model.Sequences.ToList().FindIndex(sequence => sequence.Tokens.Length == 17);
        var first = new List<float>();
        var whole = new List<float>();
        trainer.HiddenStateObserver = (_, hidden) =>
        {
            for (int i = 0; i < model.Sequences.Count; i++)
            {
                first.AddRange(Rows(hidden, offsets[i], 1));
            }

            whole.AddRange(Rows(hidden, offsets[of17], 17));
        };

        trainer.Accumulate(SubNetwork.Full(model.Config), batch, Loss(model), new float[batch.Count * model.Config.LabelCount]);

        AssertClose(model.Outputs.Doubles("base.f64.hidden_cls"), [.. first], Allowed(forward.GetProperty("hidden_cls")), $"{row} hidden_cls");
        AssertClose(model.Outputs.Doubles("base.f64.hidden_len17"), [.. whole], Allowed(forward.GetProperty("hidden_len17")), $"{row} hidden_len17");
    }

    [Theory, MemberData(nameof(Models))]
    public void Step_GoldenRuns_MatchLossesNormsAndParameters(string row)
    {
        foreach (JsonProperty run in Json(row, "train.json").EnumerateObject())
        {
            using GoldenModel model = GoldenModel.Open(row);
            float[][] before = [.. model.Checkpoint.Parameters.Tensors().Select(tensor => tensor.Values.ToArray())];
            RunSteps(model, run.Value, $"{row} {run.Name}");
            if (File.Exists(Path.Combine(model.Folder, $"params_after.{run.Name}.delta.safetensors")))
            {
                AssertParameters(model, before, run);
            }
        }
    }

    private static void RunSteps(GoldenModel model, JsonElement run, string what)
    {
        using var trainer = new Trainer(model.Checkpoint.Parameters, WithoutDropout);
        var schedule = new LinearSchedule(run.GetProperty("base_lr").GetSingle(), run.GetProperty("warmup_steps").GetInt32(), run.GetProperty("total_steps").GetInt32());
        foreach (JsonElement step in run.GetProperty("f64").GetProperty("steps").EnumerateArray())
        {
            int number = step.GetProperty("step").GetInt32();
            int[] rows = [.. step.GetProperty("rows").EnumerateArray().Select(value => value.GetInt32())];
            Assert.Equal(step.GetProperty("lr").GetDouble(), schedule.Rate(number), 1e-9);
            float loss = trainer.Accumulate(SubNetwork.Full(model.Config), Batch(model, rows), Loss(model, rows), new float[rows.Length * model.Config.LabelCount]);
            float norm = trainer.Step(schedule.Rate(number));
            double expectedLoss = step.GetProperty("loss").GetDouble(), expectedNorm = step.GetProperty("grad_norm").GetDouble();
            Assert.True(Math.Abs(loss - expectedLoss) <= 1e-3 * Math.Max(1, Math.Abs(expectedLoss)), $"{what} step {number}: loss {loss}, expected {expectedLoss}");
            Assert.True(Math.Abs(norm - expectedNorm) <= 2e-3 * Math.Max(1, expectedNorm), $"{what} step {number}: norm {norm}, expected {expectedNorm}");
        }
    }

    /// <summary>The key bias has a true gradient of zero, of whose rounding noise Adam makes whole steps: it is left out.</summary>
    private static void AssertParameters(GoldenModel model, float[][] before, JsonProperty run)
    {
        JsonElement differences = run.Value.GetProperty("final_param_max_abs_diff_f32_run");
        using var expected = new TensorBundle(Path.Combine(model.Folder, $"params_after.{run.Name}.delta.safetensors"));
        foreach ((NamedTensor tensor, float[] start) in model.Checkpoint.Parameters.Tensors().Zip(before))
        {
            if (tensor.Name.EndsWith("key.bias", StringComparison.Ordinal))
            {
                continue;
            }

            double tolerance = differences.ValueKind == JsonValueKind.Object ? differences.GetProperty(tensor.Name).GetDouble() : differences.GetDouble();
            double[] delta = expected.Doubles(tensor.Name);
            for (int i = 0; i < start.Length; i++)
            {
                double difference = Math.Abs(tensor.Values[i] - start[i] - delta[i]);
                Assert.True(difference <= (10 * tolerance) + 2e-5, $"{model.Folder} {run.Name} {tensor.Name}[{i}]: off by {difference:e2}, {tolerance:e2} in PyTorch's float32");
            }
        }
    }

    private static void AssertGradients(GoldenModel model, string scenario, Trainer trainer, JsonElement tolerances)
    {
        using var expected = new TensorBundle(Path.Combine(model.Folder, $"grads.{scenario}.safetensors"));
        JsonElement grad = tolerances.GetProperty(scenario).GetProperty("grad");
        foreach (NamedTensor tensor in trainer.Gradients.Tensors())
        {
            if (tensor.Name.EndsWith("key.bias", StringComparison.Ordinal))
            {
                Assert.All(tensor.Values, value => Assert.True(Math.Abs(value) <= 1e-6, $"{scenario} {tensor.Name}: {value}, expected 0"));
                continue;
            }

            AssertClose(expected.Doubles(tensor.Name), tensor.Values, Allowed(grad, tensor.Name), $"{model.Folder} {scenario} {tensor.Name}");
        }
    }

    /// <summary>
    /// What the fixtures' README allows, with a layer's weight and bias taken together: they share the error of the same gradient, and a tensor of two
    /// values may be exact by luck in PyTorch's own float32 run.
    /// </summary>
    private static double Allowed(JsonElement tolerances, string tensor)
    {
        string layer = tensor[..tensor.LastIndexOf('.')];
        double run = tolerances.EnumerateObject()
            .Where(other => other.Name == $"{layer}.weight" || other.Name == $"{layer}.bias")
            .Max(other => other.Value.GetProperty("max_abs_diff_f32_run").GetDouble());
        return (10 * run) + (1e-6 * tolerances.GetProperty(tensor).GetProperty("max_abs_f64").GetDouble());
    }

    private static double Allowed(JsonElement tolerance) =>
        (10 * tolerance.GetProperty("max_abs_diff_f32_run").GetDouble()) + (1e-6 * tolerance.GetProperty("max_abs_f64").GetDouble());

    private static void AssertClose(double[] expected, float[] actual, double allowed, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs(expected[i] - actual[i]);
            Assert.True(difference <= allowed, $"{what}[{i}]: {actual[i]}, expected {expected[i]}, off by {difference:e2} of {allowed:e2}");
        }
    }

    private static float[] Rows(MatrixView matrix, int first, int count)
    {
        unsafe
        {
            return new ReadOnlySpan<float>(matrix.Row(first), count * matrix.Columns).ToArray();
        }
    }

    private static TokenBatch Batch(GoldenModel model, params int[] rows)
    {
        var batch = new TokenBatch();
        foreach (int row in rows.Length > 0 ? rows : [.. Enumerable.Range(0, model.Sequences.Count)])
        {
            batch.Add(model.Sequences[row].Tokens, model.Sequences[row].Types);
        }

        return batch;
    }

    private static ILoss Loss(GoldenModel model, params int[] rows)
    {
        double[] labels = model.Outputs.Doubles("labels");
        rows = rows.Length > 0 ? rows : [.. Enumerable.Range(0, labels.Length)];
        return model.Config.ProblemType == ProblemType.Regression
            ? new SquaredErrorLoss(rows.Select(row => (float)labels[row]).ToArray())
            : new CrossEntropyLoss(rows.Select(row => (int)labels[row]).ToArray());
    }

    private static JsonElement Json(GoldenModel model, string file) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(model.Folder, file))).RootElement;

    private static JsonElement Json(string row, string file) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Endpoints.Tests.Golden.Found(row), file))).RootElement;
}
