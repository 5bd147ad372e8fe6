using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Tests.Reference;
using Endpoints.Bert.Training;
using Endpoints.Bert.Training.Losses;
using Endpoints.Compute;

namespace Endpoints.Bert.Tests.Training;

/// <summary>Training with products in bfloat16: gradients against PyTorch's float64 runs, whole and for every sub-network there; steps beside float32's.</summary>
public sealed class BFloat16TrainerTests
{
    /// <summary>Of a tensor's gradient, as a share of its norm: an operand's rounding error is at most 2⁻⁹, and a few layers of them add up.</summary>
    private const double Tolerance = 0.03;

    private static readonly TrainerOptions Options = new() { Dropout = 0, Threads = 2, Precision = Precision.BFloat16 };

    public static TheoryData<string> Models => GoldenModel.All;

    [Theory, MemberData(nameof(Models))]
    public void Accumulate_EveryGoldenScenario_GradientsWithinRounding(string row)
    {
        using GoldenModel model = GoldenModel.Open(row);
        foreach (string scenario in model.Scenarios)
        {
            using var trainer = new Trainer(model.Checkpoint.Parameters, Options);
            var logits = new float[model.Sequences.Count * model.Config.LabelCount];
            float loss = trainer.Accumulate(model.SubNetwork(scenario), Batch(model), Loss(model), logits);

            double expected = model.Outputs.Doubles($"{scenario}.f64.loss")[0];
            Assert.True(Math.Abs(loss - expected) <= 5e-3 * Math.Max(1, Math.Abs(expected)), $"{row} {scenario}: loss {loss}, expected {expected}");
            AssertGradients(model, scenario, trainer);
        }
    }

    [Theory, MemberData(nameof(Models))]
    public void Step_ManySteps_LossFollowsFloat32(string row)
    {
        float[] exact = Losses(row, Precision.Float32), rounded = Losses(row, Precision.BFloat16);
        Assert.True(exact[^1] < 0.8 * exact[0], $"{row}: float32 went from {exact[0]} to {exact[^1]}, which teaches nothing about the other");
        for (int step = 0; step < exact.Length; step++)
        {
            Assert.True(Math.Abs(rounded[step] - exact[step]) <= 0.03 * exact[0], $"{row} step {step}: {rounded[step]}, float32 {exact[step]}");
        }
    }

    [Theory, MemberData(nameof(Models))]
    public void Step_AnyTeam_SameBits(string row)
    {
        int[]? first = null;
        for (int threads = 1; threads <= 3; threads++)
        {
            using GoldenModel model = GoldenModel.Open(row);
            using var trainer = new Trainer(model.Checkpoint.Parameters, Options with { Dropout = 0.1f, Threads = threads });
            for (int step = 0; step < 3; step++)
            {
                foreach (string scenario in model.Scenarios)
                {
                    trainer.Accumulate(model.SubNetwork(scenario), Batch(model), Loss(model), new float[model.Sequences.Count * model.Config.LabelCount]);
                }

                trainer.Step(1e-3f);
            }

            int[] bits = [.. trainer.Parameters.Tensors().SelectMany(tensor => tensor.Values).Select(BitConverter.SingleToInt32Bits)];
            first ??= bits;
            Assert.True(first.AsSpan().SequenceEqual(bits), $"{row}: {threads} threads give other bits than one.");
        }
    }

    [Theory, MemberData(nameof(Models))]
    public void Step_WeightThatIsNotANumber_ShowsInLossAndNorm(string row)
    {
        using GoldenModel model = GoldenModel.Open(row);
        model.Checkpoint.Parameters.Layers[0].FeedForward!.Up.Weight[3] = float.NaN;
        using var trainer = new Trainer(model.Checkpoint.Parameters, Options);
        float loss = trainer.Accumulate(SubNetwork.Full(model.Config), Batch(model), Loss(model), new float[model.Sequences.Count * model.Config.LabelCount]);
        Assert.True(float.IsNaN(loss), $"loss {loss}");
        Assert.True(float.IsNaN(trainer.Step(1e-3f)));
    }

    [Fact]
    public void New_Int8_IsRefused()
    {
        BertConfig config = BertConfig.Uniform(10, 8, 1, 2, 16, 8, ["no", "yes"]);
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => new Trainer(new BertParameters(config), new TrainerOptions { Precision = Precision.Int8 }));
        Assert.Contains("float32 or bfloat16", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.BFloat16)]
    public void Operations_OneLayer_AreThreeTimesTheForwards(Precision precision)
    {
        const int hidden = 8, units = 16, labels = 2, tokens = 5 + 3, sequences = 2, attended = 5 + 3;
        BertConfig config = BertConfig.Uniform(10, hidden, 1, 2, units, 8, ["no", "yes"]);
        using var trainer = new Trainer(BertParameters.Random(config, 1), Options with { Precision = precision });
        var batch = new TokenBatch();
        batch.Add([1, 2, 3, 4, 5], new int[5]);
        batch.Add([6, 7, 8], new int[3]);
        trainer.Accumulate(SubNetwork.Full(config), batch, new CrossEntropyLoss(new[] { 0, 1 }), new float[sequences * labels]);

        // The only layer is the last one: queries, attention's output and the feed-forward are for first tokens.
        double linears = (2.0 * hidden * hidden * ((2 * tokens) + (2 * sequences))) + (2 * sequences * hidden * 2.0 * units) + (2 * sequences * hidden * (hidden + labels));
        double attention = 2.0 * hidden * attended * (2 + 5);
        Assert.Equal((3 * linears) + attention, trainer.Operations, 1e-6);
    }

    private static float[] Losses(string row, Precision precision)
    {
        using GoldenModel model = GoldenModel.Open(row);
        using var trainer = new Trainer(model.Checkpoint.Parameters, Options with { Precision = precision });
        var losses = new float[25];
        for (int step = 0; step < losses.Length; step++)
        {
            losses[step] = trainer.Accumulate(SubNetwork.Full(model.Config), Batch(model), Loss(model), new float[model.Sequences.Count * model.Config.LabelCount]);
            trainer.Step(2e-3f);
        }

        return losses;
    }

    /// <summary>Each tensor's error beside its own size, or beside the whole gradient's for those that are next to nothing (the key bias has a true gradient of zero).</summary>
    private static void AssertGradients(GoldenModel model, string scenario, Trainer trainer)
    {
        using var expected = new TensorBundle(Path.Combine(model.Folder, $"grads.{scenario}.safetensors"));
        double whole = Math.Sqrt(trainer.Gradients.Tensors().Where(IsExpected).Sum(tensor => expected.Doubles(tensor.Name).Sum(value => value * value)));
        foreach (NamedTensor tensor in trainer.Gradients.Tensors())
        {
            double[] exact = IsExpected(tensor) ? expected.Doubles(tensor.Name) : new double[tensor.Values.Length];
            double size = Math.Sqrt(exact.Sum(value => value * value));
            double error = Math.Sqrt(exact.Zip(tensor.Values, (e, found) => (e - found) * (e - found)).Sum());
            Assert.True(error <= (Tolerance * size) + (1e-3 * whole), $"{model.Folder} {scenario} {tensor.Name}: off by {error:e2} of {size:e2}, the whole gradient is {whole:e2}");
        }

        static bool IsExpected(NamedTensor tensor) => !tensor.Name.EndsWith("key.bias", StringComparison.Ordinal);
    }

    private static TokenBatch Batch(GoldenModel model)
    {
        var batch = new TokenBatch();
        foreach (GoldenSequence sequence in model.Sequences)
        {
            batch.Add(sequence.Tokens, sequence.Types);
        }

        return batch;
    }

    private static ILoss Loss(GoldenModel model)
    {
        double[] labels = model.Outputs.Doubles("labels");
        return model.Config.ProblemType == ProblemType.Regression
            ? new SquaredErrorLoss(labels.Select(label => (float)label).ToArray())
            : new CrossEntropyLoss(labels.Select(label => (int)label).ToArray());
    }
}
