using Endpoints.Bert.Onnx;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Tests.SubNetworks;
using Endpoints.Compute;
using Endpoints.Tests;

namespace Endpoints.Bert.Tests.Onnx;

public sealed class OnnxExportTests
{
    private const long Float32 = 1, Int8 = 3, Int64 = 7;

    private static readonly BertConfig Config = RandomSubNetworks.Config with { Labels = ["no", "yes, \"quoted\" ☃"] };

    private static readonly BertParameters Parameters = BertParameters.Random(Config, 5);

    [Fact]
    public void Write_AnyModel_StatesFormatInputsOutputsAndHowToReadThem()
    {
        OnnxReader model = Export(null, Precision.Float32);

        Assert.Equal(8, model.FormatVersion);
        Assert.Equal(new Dictionary<string, long> { [""] = 17 }, model.OperatorSets);
        Assert.Equal(["input_ids", "attention_mask", "token_type_ids"], model.Inputs.Keys);
        Assert.All(model.Inputs.Values, input => Assert.Equal(Int64, input.Type));
        Assert.All(model.Inputs.Values, input => Assert.Equal(["batch", "sequence"], input.Shape));
        Assert.Equal(Float32, model.Outputs["logits"].Type);
        Assert.Equal(["batch", "2"], model.Outputs["logits"].Shape);
        Assert.Equal(Config.Labels, System.Text.Json.JsonSerializer.Deserialize<string[]>(model.Metadata["labels"])!);
        Assert.Equal(
            ("single_label_classification", "6", "0", "full", "float32"),
            (model.Metadata["problem_type"], model.Metadata["max_length"], model.Metadata["pad_token_id"], model.Metadata["sub_network"], model.Metadata["precision"]));
    }

    [Fact]
    public void Write_RandomSubNetworks_NodesUseOnlyWhatIsThereAlready()
    {
        foreach (SubNetwork subNetwork in RandomSubNetworks.Draw(Config, 40, seed: 3))
        {
            foreach (Precision precision in (Precision[])[Precision.Float32, Precision.Int8])
            {
                OnnxReader model = Export(subNetwork, precision);
                var known = new HashSet<string>([.. model.Inputs.Keys, .. model.Tensors.Keys]);
                foreach (ReadNode node in model.Nodes)
                {
                    Assert.All(node.Inputs, input => Assert.True(known.Contains(input), $"{subNetwork}: {node.Operation} uses {input}, which nothing computes before it."));
                    Assert.All(node.Outputs, output => Assert.True(known.Add(output), $"{subNetwork}: {output} is computed twice."));
                }

                Assert.Contains("logits", known);
                Assert.All(model.Tensors.Keys, tensor => Assert.Contains(model.Nodes, node => node.Inputs.Contains(tensor)));
                Assert.All(model.Tensors.Values, tensor => Assert.Equal(
                    tensor.Values.Length, tensor.Shape.Aggregate(1L, (product, size) => product * size) * tensor.Type switch { Float32 => 4, Int64 => 8, _ => 1 }));
            }
        }
    }

    [Fact]
    public void Write_OddSubNetwork_HoldsItsOwnShapesAndWeightsAlone()
    {
        var subNetwork = SubNetwork.Parse("large:h=a/0/f,u=3ff/101/0", Config);
        BertParameters extracted = SubNetworkExtractor.Extract(Parameters, subNetwork);
        OnnxReader model = Export(subNetwork, Precision.Float32);

        Assert.Equal("large:h=a/0/f,u=3ff/101/0", model.Metadata["sub_network"]);
        Assert.Equal([8, 4], model.Tensors["bert.encoder.layer.0.attention.self.query.weight.transposed"].Shape);
        Assert.Equal([4, 8], model.Tensors["bert.encoder.layer.0.attention.output.dense.weight.transposed"].Shape);
        Assert.Equal([8, 2], model.Tensors["bert.encoder.layer.1.intermediate.dense.weight.transposed"].Shape);
        Assert.DoesNotContain(model.Tensors.Keys, name => name.Contains("layer.1.attention", StringComparison.Ordinal));
        Assert.DoesNotContain(model.Tensors.Keys, name => name.Contains("layer.2.intermediate", StringComparison.Ordinal));
        foreach (NamedTensor tensor in extracted.Tensors())
        {
            bool isMatrix = model.Tensors.TryGetValue($"{tensor.Name}.transposed", out ReadTensor? transposed);
            float[] expected = isMatrix ? Transpose(tensor.Values, tensor.Shape) : tensor.Values;
            Assert.Equal(expected, (transposed ?? model.Tensors[tensor.Name]).Singles);
        }
    }

    [Fact]
    public void Write_Int8_WeightsAreWithinHalfAStepOfTheirOutputsScale()
    {
        OnnxReader model = Export(null, Precision.Int8);
        LinearParameters up = Parameters.Layers[1].FeedForward!.Up;
        const string name = "bert.encoder.layer.1.intermediate.dense";
        float[] scales = model.Tensors[$"{name}.weight.scale"].Singles;
        ReadTensor weight = model.Tensors[$"{name}.weight.quantized"];

        Assert.Equal((Int8, up.Outputs), (weight.Type, scales.Length));
        Assert.Equal([up.Inputs, up.Outputs], weight.Shape);
        for (int output = 0; output < up.Outputs; output++)
        {
            for (int input = 0; input < up.Inputs; input++)
            {
                float read = (sbyte)weight.Values[(input * up.Outputs) + output] * scales[output];
                float difference = MathF.Abs(read - up.Weight[(output * up.Inputs) + input]);
                Assert.True(difference <= 0.501f * scales[output], $"output {output}, input {input}: off by {difference}, scale {scales[output]}");
            }
        }

        Assert.Contains((sbyte)127, weight.Values.Select(value => Math.Abs((sbyte)value)));
        Assert.All(model.Tensors[$"{name}.weight.zero_point"].Values, value => Assert.Equal(0, value));
    }

    [Fact]
    public void Write_Int8_LayersWithTheSameInputShareItsQuantisation()
    {
        OnnxReader model = Export(null, Precision.Int8);

        // Of each layer: Q, K and V together, attention's output, up, down; then pooler and classifier.
        Assert.Equal((Config.LayerCount * 4) + 2, model.Nodes.Count(node => node.Operation == "DynamicQuantizeLinear"));
        Assert.Equal((Config.LayerCount * 6) + 2, model.Nodes.Count(node => node.Operation == "MatMulInteger"));
        Assert.DoesNotContain(model.Tensors, tensor => tensor.Key.EndsWith(".transposed", StringComparison.Ordinal));
    }

    [Fact]
    public void Write_BFloat16_SaysWhatIsExpectedAndWritesNothing()
    {
        using var folder = new TemporaryFolder();
        ArgumentException problem = Assert.Throws<ArgumentException>(() => OnnxExport.Write(folder.File("m.onnx"), Parameters, null, Precision.BFloat16));
        Assert.Contains("float32 or int8", problem.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Write_MoreThanOneFileCanHold_SaysSoAndLeavesTheOldFile()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("m.onnx");
        File.WriteAllText(path, "old");
        var graph = new OnnxGraph("large");
        graph.Constant(new OnnxTensor("table", OnnxType.Float32, [600_000, 1024], _ => Assert.Fail("Nothing should be written.")));

        NotSupportedException problem = Assert.Throws<NotSupportedException>(() => OnnxFile.Write(path, graph, []));

        Assert.Contains("2.5 GB", problem.Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Write_FailsHalfWay_LeavesTheOldFileAndNoOther()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("m.onnx");
        File.WriteAllText(path, "old");
        var graph = new OnnxGraph("broken");
        graph.Constant(OnnxTensor.Of("whole", [4], new float[4]));
        graph.Constant(new OnnxTensor("short", OnnxType.Float32, [4], stream => stream.Write(new byte[15])));

        Assert.Throws<InvalidOperationException>(() => OnnxFile.Write(path, graph, []));

        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    private static OnnxReader Export(SubNetwork? subNetwork, Precision precision)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model.onnx");
        long bytes = OnnxExport.Write(path, Parameters, subNetwork, precision);
        Assert.Equal(new FileInfo(path).Length, bytes);
        return new OnnxReader(path);
    }

    private static float[] Transpose(float[] values, int[] shape) =>
        [.. Enumerable.Range(0, values.Length).Select(i => values[(i % shape[0] * shape[1]) + (i / shape[0])])];
}
