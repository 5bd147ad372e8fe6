using System.Text.Json;
using System.Text.Json.Nodes;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Tests.Reference;
using Endpoints.Bert.Tests.SubNetworks;
using Endpoints.Compute;
using Endpoints.Compute.Quantization;

namespace Endpoints.Bert.Tests.Checkpoints;

/// <summary>Checkpoints stored in bfloat16 and int8.</summary>
public sealed class StoredPrecisionTests : IDisposable
{
    private const string Query = "bert.encoder.layer.1.attention.self.query.weight";

    private readonly CheckpointWorkshop _workshop = new();

    public static TheoryData<Precision> Precisions => [.. Enum.GetValues<Precision>()];

    [Theory, MemberData(nameof(Precisions))]
    public void Save_EachPrecision_ReadsBackAsItsRoundedWeights(Precision precision)
    {
        BertParameters parameters = BertParameters.Random(RandomSubNetworks.Config, seed: 17);
        foreach (SubNetwork subNetwork in RandomSubNetworks.Draw(parameters.Config, 60, seed: 18))
        {
            BertParameters extracted = SubNetworkExtractor.Extract(parameters, subNetwork);
            CheckpointWorkshop.AssertEqual(WeightRounding.AsStored(extracted, precision), SavedAndLoaded(extracted, precision).Parameters);
        }
    }

    [Theory, MemberData(nameof(Precisions))]
    public void Save_WhatWasLoaded_WritesTheSameBytes(Precision precision)
    {
        BertParameters parameters = BertParameters.Random(BertConfig.Uniform(9, 30, 2, 3, 37, 5, "no", "yes"), seed: 3);
        Array.Clear(parameters.Layers[0].FeedForward!.Up.Weight, 60, 30);
        Checkpoint loaded = SavedAndLoaded(parameters, precision);
        byte[] first = File.ReadAllBytes(_workshop.ModelPath);
        CheckpointFolder.Save(_workshop.Folder, loaded, precision);
        Assert.Equal(first, File.ReadAllBytes(_workshop.ModelPath));
    }

    /// <summary>Storing in int8 costs nothing beyond running in int8.</summary>
    [Fact]
    public void Save_Int8_AnswersInInt8AsTheOriginalDoesBitForBit()
    {
        BertParameters parameters = BertParameters.Random(BertConfig.Uniform(9, 32, 2, 4, 70, 5, "no", "yes"), seed: 5, standardDeviation: 0.3f);
        using var engine = new CpuEngine(threadsPerLane: 1);
        float[] expected = Logits(engine, parameters, Precision.Int8);
        Assert.Equal(expected, Logits(engine, SavedAndLoaded(parameters, Precision.Int8).Parameters, Precision.Int8));
        Assert.NotEqual(expected, Logits(engine, parameters, Precision.Float32));
    }

    [Fact]
    public void Save_Int8_QuantizesTheEncodersLinearWeightsByRowAndKeepsTheRest()
    {
        BertConfig config = BertConfig.Uniform(9, 30, 2, 3, 37, 5, "no", "yes");
        BertParameters parameters = BertParameters.Random(config, seed: 4);
        Array.Clear(parameters.Layers[1].FeedForward!.Down.Weight, 2 * 37, 37);
        SavedAndLoaded(parameters, Precision.Int8);

        using var file = SafetensorsFile.Open(_workshop.ModelPath);
        int quantized = 0;
        foreach (NamedTensor tensor in parameters.Tensors())
        {
            TensorEntry entry = file.Tensors[tensor.Name];
            if (!tensor.Name.Contains("encoder", StringComparison.Ordinal) || tensor.Shape.Length == 1)
            {
                Assert.Equal("F32", entry.Type);
                Assert.Equal(tensor.Values, Floats(file, tensor.Name));
                continue;
            }

            quantized++;
            Assert.Equal("I8", entry.Type);
            Assert.Equal(tensor.Shape.Select(dimension => (long)dimension), entry.Shape);
            float[] scales = Floats(file, $"{tensor.Name}.scale");
            int inputs = tensor.Shape[1];
            sbyte[] expected = new sbyte[inputs];
            for (int row = 0; row < tensor.Shape[0]; row++)
            {
                Assert.Equal(ChannelQuantizer.Quantize(tensor.Values.AsSpan(row * inputs, inputs), expected), scales[row]);
                Assert.Equal(expected.Select(value => (byte)value), file.Bytes(entry).Slice(row * inputs, inputs).ToArray());
            }
        }

        Assert.Equal(2 * 6, quantized);
        Assert.Equal(parameters.Tensors().Count() + quantized, file.Tensors.Count);
        Assert.Equal(0, Floats(file, "bert.encoder.layer.1.output.dense.weight.scale")[2]);
        Assert.All(file.Tensors.Values.Where(entry => entry.Type == "F32"), entry => Assert.Equal(0, entry.Begin % 4));
    }

    [Fact]
    public void Save_BFloat16_IsAStandardCheckpointOfTwoBytesAWeight()
    {
        SavedAndLoaded(_workshop.Parameters, Precision.BFloat16);
        JsonObject config = _workshop.ReadConfig();
        Assert.Equal(("bert", "bfloat16"), ((string?)config["model_type"], (string?)config["torch_dtype"]));
        using var file = SafetensorsFile.Open(_workshop.ModelPath);
        Assert.All(file.Tensors.Values, entry => Assert.Equal("BF16", entry.Type));
        Assert.Equal("pt", FormatOf(_workshop.ModelPath));
        Assert.Equal(2 * _workshop.Parameters.Tensors().Sum(tensor => tensor.Values.Length), file.Tensors.Values.Max(entry => entry.End));
    }

    [Fact]
    public void Save_Int8_IsRefusedByOtherPrograms()
    {
        SavedAndLoaded(_workshop.Parameters, Precision.Int8);
        JsonObject config = _workshop.ReadConfig();
        Assert.Equal("endpoints_bert_int8", (string?)config["model_type"]);
        Assert.False(config.ContainsKey("architectures"));
        Assert.False(config.ContainsKey("torch_dtype"));
        Assert.Equal("endpoints_bert_int8", FormatOf(_workshop.ModelPath));
    }

    [Theory, MemberData(nameof(Precisions))]
    public void Save_Metadata_SaysWhatTheWeightsAreStoredIn(Precision precision)
    {
        var metadata = new EndpointMetadata { MeasuredIn = Precision.BFloat16, Precision = Precision.Int8 };
        CheckpointFolder.Save(_workshop.Folder, _workshop.Load() with { Metadata = metadata }, precision);
        string json = File.ReadAllText(Path.Combine(_workshop.Folder, "endpoint.json"));
        Assert.Equal(PrecisionName.Of(precision), (string?)JsonNode.Parse(json)!["precision"]);
        EndpointMetadata loaded = _workshop.Load().Metadata!;
        Assert.Equal((precision, Precision.BFloat16), (loaded.Precision, loaded.MeasuredIn));
    }

    [Fact]
    public void Load_MetadataOfAnUnknownPrecision_IsRefused()
    {
        string path = Path.Combine(_workshop.Folder, "endpoint.json");
        File.WriteAllText(path, "{\"precision\": \"fp8\"}");
        _workshop.AssertRefused(path, "float32, bfloat16 or int8");
    }

    [Fact]
    public void Load_Int8_NamesWhatIsWrongWithATensor()
    {
        SavedAndLoaded(_workshop.Parameters, Precision.Int8);
        byte[] whole = File.ReadAllBytes(_workshop.ModelPath);

        File.WriteAllBytes(_workshop.ModelPath, whole[..^1]);
        _workshop.AssertRefused(_workshop.ModelPath, "truncated");
        Rewrite(tensors => tensors.Where(tensor => tensor.Name != $"{Query}.scale"));
        _workshop.AssertRefused(_workshop.ModelPath, $"expected tensor {Query}.scale of shape [8] by config.json, found none");
        Rewrite(tensors => tensors.Where(tensor => tensor.Name != Query));
        _workshop.AssertRefused(_workshop.ModelPath, $"expected tensor {Query} of shape [8, 8] by config.json, found none");
        Rewrite(tensors => Replaced(tensors, Query, StoredTensor.AsFloat32(new(Query, [8, 8], new float[64]))));
        _workshop.AssertRefused(_workshop.ModelPath, $"tensor {Query}: expected type I8, found F32");
        Rewrite(tensors => Replaced(tensors, $"{Query}.scale", StoredTensor.AsFloat32(new($"{Query}.scale", [7], new float[7]))));
        _workshop.AssertRefused(_workshop.ModelPath, $"tensor {Query}.scale: expected shape [8] by config.json, found [7]");
        Rewrite(tensors => Replaced(tensors, $"{Query}.scale", new StoredTensor($"{Query}.scale", "F16", [8], 16, stream => stream.Write(new byte[16]))));
        _workshop.AssertRefused(_workshop.ModelPath, $"tensor {Query}.scale: expected type F32, found F16");
        Rewrite(tensors => [.. tensors, StoredTensor.AsFloat32(new("bert.encoder.layer.0.output.dense.bias.scale", [8], new float[8]))]);
        _workshop.AssertRefused(_workshop.ModelPath, "found bert.encoder.layer.0.output.dense.bias.scale besides");
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "Infinity")]
    [InlineData(-0.5f, "-0.5")]
    [InlineData(float.MaxValue, "3.4028235E+38")]
    public void Load_Int8WithAScaleThatCannotBe_IsRefused(float scale, string text)
    {
        SavedAndLoaded(_workshop.Parameters, Precision.Int8);
        var scales = new float[8];
        scales[5] = scale;
        Rewrite(tensors => Replaced(tensors, $"{Query}.scale", StoredTensor.AsFloat32(new($"{Query}.scale", [8], scales))));
        _workshop.AssertRefused(_workshop.ModelPath, $"tensor {Query}.scale: expected finite scales from 0, found {text} at 5");
    }

    [Fact]
    public void Load_ModelTypeAndWeightsThatDisagree_AreRefused()
    {
        SavedAndLoaded(_workshop.Parameters, Precision.Int8);
        _workshop.EditConfig(("model_type", "\"endpoints_bert\""));
        _workshop.AssertRefused(_workshop.ModelPath, "expected type F32, F16 or BF16, found I8");

        SavedAndLoaded(_workshop.Parameters, Precision.Float32);
        _workshop.EditConfig(("model_type", "\"endpoints_bert_int8\""), ("endpoint_layers", "[{\"heads\":4,\"units\":6},{\"heads\":4,\"units\":6}]"));
        _workshop.AssertRefused(_workshop.ModelPath, "expected type I8, found F32");
    }

    [Fact]
    public void Save_Int8WithAWeightThatIsNotFinite_NamesItAndLeavesTheOldFolder()
    {
        byte[] before = File.ReadAllBytes(_workshop.ModelPath);
        Checkpoint broken = _workshop.Load();
        broken.Parameters.Layers[1].Attention!.Query.Weight[11] = float.NaN;
        var exception = Assert.Throws<ArgumentException>(() => CheckpointFolder.Save(_workshop.Folder, broken, Precision.Int8));
        Assert.StartsWith($"Tensor {Query}, row 1: Weight 3 of the row is NaN: a finite number is expected.", exception.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(_workshop.ModelPath));
        Assert.Equal([_workshop.Folder], Directory.GetFileSystemEntries(_workshop.Root));
    }

    /// <summary>The sizes that the README states.</summary>
    [Theory]
    [InlineData(Precision.Float32, 438)]
    [InlineData(Precision.BFloat16, 219)]
    [InlineData(Precision.Int8, 183)]
    public void Of_BertBase_HasTheDocumentedSize(Precision precision, int megabytes) =>
        Assert.Equal(megabytes, Math.Round(StoredTensor.Of(new BertParameters(BertConfig.Base()), precision).Sum(tensor => tensor.Bytes) / 1e6));

    public void Dispose() => _workshop.Dispose();

    private static float[] Logits(CpuEngine engine, BertParameters parameters, Precision precision)
    {
        var batch = new TokenBatch();
        batch.Add([1, 2, 3, 4, 5], [0, 0, 0, 1, 1]);
        batch.Add([8, 7], [0, 1]);
        float[] logits = new float[4];
        engine.Load(parameters, precision).CreateClassifier(SubNetwork.Full(parameters.Config), lane: 0).Classify(batch, logits);
        return logits;
    }

    private static float[] Floats(SafetensorsFile file, string name)
    {
        TensorEntry entry = file.Tensors[name];
        var values = new float[(entry.End - entry.Begin) / 4];
        file.Read(entry, values);
        return values;
    }

    private static string? FormatOf(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        using var json = JsonDocument.Parse(bytes.AsMemory(8, (int)BitConverter.ToInt64(bytes)));
        return json.RootElement.GetProperty("__metadata__").GetProperty("format").GetString();
    }

    private static IEnumerable<StoredTensor> Replaced(IEnumerable<StoredTensor> tensors, string name, StoredTensor other) =>
        tensors.Select(tensor => tensor.Name == name ? other : tensor);

    private Checkpoint SavedAndLoaded(BertParameters parameters, Precision precision)
    {
        CheckpointFolder.Save(_workshop.Folder, new Checkpoint { Config = parameters.Config, Parameters = parameters, Tokenizer = new NoTokenizer(9) }, precision);
        Checkpoint loaded = _workshop.Load();
        Assert.Equal(parameters.Config, loaded.Config);
        return loaded;
    }

    private void Rewrite(Func<IEnumerable<StoredTensor>, IEnumerable<StoredTensor>> edit) =>
        SafetensorsWriter.Write(_workshop.ModelPath, edit(StoredTensor.Of(_workshop.Parameters, Precision.Int8)), "endpoints_bert_int8");
}
