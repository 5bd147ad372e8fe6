using System.Diagnostics;
using System.Text.Json;
using Endpoints.Bert.Onnx;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Tests.Reference;
using Endpoints.Compute;
using Endpoints.Tests;

namespace Endpoints.Bert.Tests.Onnx;

/// <summary>Our ONNX files in ONNX Runtime, on ragged sequences padded to the longest; skipped, with the reason, where it cannot be had.</summary>
public sealed class OnnxRuntimeTests
{
    private const double Float32Tolerance = 1e-4;

    public static TheoryData<string> Models => GoldenModel.All;

    [OnnxRuntimeTheory, MemberData(nameof(Models))]
    public void Float32_EveryGoldenScenario_MatchesLogits(string row)
    {
        using GoldenModel model = GoldenModel.Open(row);
        foreach (string scenario in model.Scenarios)
        {
            double[] expected = model.Outputs.Doubles($"{scenario}.f64.logits");
            double[] logits = Run(model.Checkpoint.Parameters, model.SubNetwork(scenario), Precision.Float32, model.Sequences);
            AssertNear(expected, logits, Float32Tolerance, $"{row} {scenario}");
        }
    }

    [OnnxRuntimeTheory]
    [InlineData("large:h=5/0/c/0,u=0/3c1/7ff/0", false)]
    [InlineData("medium:h=1/4/3/2,u=7/1/11/5", false)]
    [InlineData("layer:0000", false)]
    [InlineData("large:h=5/0/c/0,u=0/3c1/7ff/0", true)]
    public void Float32_OddSubNetwork_MatchesReference(string text, bool isRoberta)
    {
        BertParameters parameters = Odd(isRoberta);
        SubNetwork subNetwork = SubNetwork.Parse(text, parameters.Config);
        GoldenSequence[] sequences = Ragged(parameters.Config);

        double[] logits = Run(parameters, subNetwork, Precision.Float32, sequences);

        double[] expected = [.. sequences.SelectMany(sequence => ReferenceBert.Run(parameters, subNetwork, sequence.Tokens, sequence.Types).Logits)];
        AssertNear(expected, logits, Float32Tolerance, text);
    }

    [OnnxRuntimeFact]
    public void Int8_WholeModel_IsNearTheReferenceAndNotTheSame()
    {
        BertParameters parameters = Odd();
        SubNetwork full = SubNetwork.Full(parameters.Config);
        GoldenSequence[] sequences = Ragged(parameters.Config);

        double[] logits = Run(parameters, full, Precision.Int8, sequences);

        double[] expected = [.. sequences.SelectMany(sequence => ReferenceBert.Run(parameters, full, sequence.Tokens, sequence.Types).Logits)];
        AssertNear(expected, logits, 0.05 * (expected.Max() - expected.Min()), "int8");
        Assert.Contains(expected.Zip(logits), pair => Math.Abs(pair.First - pair.Second) > 1e-5);
    }

    /// <summary>4 layers, 4 heads of 6 in a hidden size of 24, 11 units: nothing is a multiple of a vector.</summary>
    private static BertParameters Odd(bool isRoberta = false)
    {
        BertConfig config = BertConfig.Uniform(97, 24, 4, 4, 11, 40, "a", "b", "c") with { LayerNormEpsilon = 1e-7f };
        return BertParameters.Random(isRoberta ? config.AsRoberta() : config, 11, standardDeviation: 0.3f);
    }

    private static GoldenSequence[] Ragged(BertConfig config)
    {
        var random = new Random(7);
        return [.. ((int[])[40, 1, 17, 33, 2]).Select(length => new GoldenSequence(
            [.. Enumerable.Range(0, length).Select(_ => random.Next(config.VocabularySize))], [.. Enumerable.Range(0, length).Select(i => i > length / 2 ? config.TypeVocabularySize - 1 : 0)]))];
    }

    private static double[] Run(BertParameters parameters, SubNetwork subNetwork, Precision precision, IReadOnlyList<GoldenSequence> sequences)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model.onnx");
        OnnxExport.Write(path, parameters, subNetwork, precision);
        string request = JsonSerializer.Serialize(new
        {
            model = path,
            batches = (int[][][])[[.. sequences.Select(sequence => sequence.Tokens)]],
            types = (int[][][])[[.. sequences.Select(sequence => sequence.Types)]],
            repeat = 1,
        });
        using var process = Process.Start(new ProcessStartInfo("node", [OnnxRuntimeNode.Script, OnnxRuntimeNode.Folder, "1", ""])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        process.StandardInput.WriteLine(request);
        process.StandardInput.Close();
        string[] lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        using var answer = JsonDocument.Parse(lines[^1]);
        Assert.True(answer.RootElement.TryGetProperty("logits", out JsonElement logits), lines[^1]);
        return [.. logits.EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(value => value.GetDouble())];
    }

    private static void AssertNear(double[] expected, double[] actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs(expected[i] - actual[i]);
            Assert.True(difference <= tolerance, $"{what}, logit {i}: {actual[i]}, expected {expected[i]}, off by {difference:e1}");
        }
    }
}
