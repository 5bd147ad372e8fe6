using System.Text.Json;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.Tokenization;
using Endpoints.Bert.Training;
using Endpoints.Bert.Training.Losses;
using Endpoints.Pruning.Baselines;
using Endpoints.Tests;

namespace Endpoints.Pruning.Tests.Baselines;

/// <summary>Mask gradients, Fisher information, mask search and rearrangement against an independent implementation in float64.</summary>
public sealed class RetrainingFreeGoldenTests
{
    public static TheoryData<string> Files => Golden.Find("rfp", "*.json");

    [Theory, MemberData(nameof(Files))]
    public void Of_GoldenBatches_GivesGradientsAndFisherInformation(string row)
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(Golden.Found(row)));
        JsonElement root = golden.RootElement;
        BertParameters parameters = Parameters(root);
        (TokenBatch Batch, ILoss Loss)[] batches = [.. root.GetProperty("batches").EnumerateArray().Select(Batch)];

        using (var gradients = new MaskGradients(parameters, threads: 2))
        {
            double[] losses = Vector(root.GetProperty("loss"));
            for (int i = 0; i < batches.Length; i++)
            {
                float loss = gradients.Compute(batches[i].Batch, batches[i].Loss).Loss;
                Assert.True(Math.Abs(loss - losses[i]) <= 1e-5 * Math.Max(1, losses[i]), $"batch {i}: loss {loss}, expected {losses[i]}");
            }
        }

        FisherInformation fisher = FisherInformation.Of(parameters, batches, 2, CancellationToken.None);
        JsonElement deviation = root.GetProperty("max_abs_diff_f32_run");
        foreach ((string name, MaskGradientVectors found) in new[] { ("head", fisher.Heads), ("unit", fisher.Units) })
        {
            double[][][] expected = Tensor(root.GetProperty($"{name}_grads"));
            double allowed = (10 * deviation.GetProperty($"{name}_grads").GetDouble()) + (1e-6 * expected.Max(batch => batch.Max(layer => layer.Max(Math.Abs))));
            double[][] diagonal = Matrix(root.GetProperty($"fisher_{name}s")), foundDiagonal = found.Diagonal();
            for (int layer = 0; layer < diagonal.Length; layer++)
            {
                for (int i = 0; i < diagonal[layer].Length; i++)
                {
                    for (int batch = 0; batch < expected.Length; batch++)
                    {
                        double difference = Math.Abs(found.ByLayer[layer][i][batch] - expected[batch][layer][i]);
                        Assert.True(difference <= allowed, $"{name} {i} of layer {layer}, batch {batch}: off by {difference:e2} of {allowed:e2}");
                    }

                    Assert.True(Math.Abs(foundDiagonal[layer][i] - diagonal[layer][i]) <= 1e-4 * diagonal.Max(values => values.Max()), $"Fisher information of {name} {i} of layer {layer}");
                }
            }
        }
    }

    [Theory, MemberData(nameof(Files))]
    public void Search_GoldenConstraints_FindsTheMasksAndRearrangesThem(string row)
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(Golden.Found(row)));
        JsonElement root = golden.RootElement;
        BertParameters parameters = Parameters(root);
        FisherInformation fisher = FisherInformation.Of(parameters, [.. root.GetProperty("batches").EnumerateArray().Select(Batch)], 2, CancellationToken.None);
        var cost = MacCost.Of(parameters.Config, root.GetProperty("seq_len").GetInt32());
        foreach (JsonElement constraint in root.GetProperty("constraints").EnumerateArray())
        {
            string name = $"at {constraint.GetProperty("mac_fraction")}";
            Assert.Equal(constraint.GetProperty("mac_per_head").GetDouble(), cost.Head);
            Assert.Equal(constraint.GetProperty("mac_per_unit").GetDouble(), cost.Unit);
            Assert.Equal(constraint.GetProperty("mac_full").GetDouble(), cost.Total(parameters.Config));
            double budget = constraint.GetProperty("mac_budget").GetDouble();
            Masks masks = MacMaskSearch.Search(fisher.Heads.Diagonal(), fisher.Units.Diagonal(), cost, budget);
            Assert.Equal(Bits(constraint.GetProperty("head_mask")), masks.Heads);
            Assert.Equal(Bits(constraint.GetProperty("unit_mask")), masks.Units);
            double spent = (masks.Heads.Sum(Kept) * cost.Head) + (masks.Units.Sum(Kept) * cost.Unit);
            Assert.Equal(constraint.GetProperty("mac_kept").GetDouble(), spent);
            Assert.True(spent <= budget, $"{name}: {spent} of {budget}");
            AssertRearranged(constraint, "head", masks.Heads, fisher.Heads, name);
            AssertRearranged(constraint, "unit", masks.Units, fisher.Units, name);
        }

        static int Kept(bool[] mask) => mask.Count(kept => kept);
    }

    private static void AssertRearranged(JsonElement constraint, string type, bool[][] masks, MaskGradientVectors gradients, string name)
    {
        bool[][] rearranged = [.. masks.Zip(gradients.ByLayer, MaskRearrangement.Rearrange)];
        Assert.Equal(Bits(constraint.GetProperty($"{type}_mask_rearranged")), rearranged);
        double[] before = Vector(constraint.GetProperty($"{type}_error_before")), after = Vector(constraint.GetProperty($"{type}_error_after"));
        for (int layer = 0; layer < masks.Length; layer++)
        {
            Near(before[layer], MaskRearrangement.Error(masks[layer], gradients.ByLayer[layer]), before[layer], $"{name}, {type}s of layer {layer} before");
            Near(after[layer], MaskRearrangement.Error(rearranged[layer], gradients.ByLayer[layer]), before[layer], $"{name}, {type}s of layer {layer} after");
        }
    }

    private static BertParameters Parameters(JsonElement root) => CheckpointFolder.Load(
        Golden.Found(Path.Combine("model", root.GetProperty("configuration").GetString()!)), new CheckpointLoadOptions { Tokenizer = new NoTokenizer() }).Parameters;

    private static (TokenBatch Batch, ILoss Loss) Batch(JsonElement sequences)
    {
        var batch = new TokenBatch();
        var labels = new List<int>();
        foreach (JsonElement sequence in sequences.EnumerateArray())
        {
            batch.Add(Integers(sequence.GetProperty("input_ids")), Integers(sequence.GetProperty("token_type_ids")));
            labels.Add(sequence.GetProperty("label").GetInt32());
        }

        return (batch, new CrossEntropyLoss(labels.ToArray()));
    }

    private static int[] Integers(JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetInt32())];

    private static double[] Vector(JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetDouble())];

    private static double[][] Matrix(JsonElement array) => [.. array.EnumerateArray().Select(Vector)];

    private static double[][][] Tensor(JsonElement array) => [.. array.EnumerateArray().Select(Matrix)];

    private static bool[][] Bits(JsonElement array) => [.. Matrix(array).Select(layer => layer.Select(value => value != 0).ToArray())];

    private static void Near(double expected, double found, double scale, string what) =>
        Assert.True(Math.Abs(expected - found) <= (1e-4 * Math.Abs(scale)) + 1e-12, $"{what}: {found:e4}, expected {expected:e4}");

    private sealed class NoTokenizer : ITokenizer
    {
        public int VocabularySize => 1;

        public Encoding Encode(string text, string? pair = null, int? maxLength = null) => throw new NotSupportedException();
    }
}
