using System.Text.Json.Nodes;
using Endpoints.Bert.Checkpoints;

namespace Endpoints.Bert.Tests.Checkpoints;

public sealed class ParameterReaderTests : IDisposable
{
    private readonly CheckpointWorkshop _workshop = new();

    [Theory]
    [InlineData("F32")]
    [InlineData("F16")]
    [InlineData("BF16")]
    public void Load_EachFloatType_GivesFloat32(string type)
    {
        _workshop.EditTensors(tensors => tensors, type);
        foreach ((NamedTensor saved, NamedTensor loaded) in _workshop.Parameters.Tensors().Zip(_workshop.Load().Parameters.Tensors()))
        {
            Assert.Equal(saved.Values.Select(value => RawSafetensors.Rounded(value, type)), loaded.Values);
        }
    }

    [Fact]
    public void Load_NamesOfOtherPrograms_AreUnderstood()
    {
        _workshop.EditTensors(tensors => tensors.Select(tensor => tensor with { Name = tensor.Name.Replace("bert.", "", StringComparison.Ordinal) }));
        _workshop.AssertLoads();
        _workshop.EditTensors(tensors => tensors.Select(tensor => tensor with
        {
            Name = tensor.Name.Replace("LayerNorm.weight", "LayerNorm.gamma", StringComparison.Ordinal).Replace("LayerNorm.bias", "LayerNorm.beta", StringComparison.Ordinal),
        }));
        _workshop.AssertLoads();
    }

    [Fact]
    public void Load_TensorsThatNoClassifierNeeds_AreLeft()
    {
        File.WriteAllBytes(_workshop.ModelPath, AddTensor("bert.embeddings.position_ids", "I64", [1, 5], 40));
        _workshop.AssertLoads();
        _workshop.EditTensors(tensors => [new("cls.predictions.bias", [9], new float[9]), .. tensors, new("cls.seq_relationship.weight", [2, 8], new float[16])]);
        Assert.False(_workshop.AssertLoads().HasFreshHead);
    }

    [Fact]
    public void Load_WithoutAHead_InitialisesOneFromTheSeedAndSaysSo()
    {
        _workshop.EditTensors(tensors => tensors.Where(tensor => !tensor.Name.StartsWith("classifier", StringComparison.Ordinal)));
        Checkpoint first = _workshop.Load(new CheckpointLoadOptions { HeadSeed = 1 });
        Checkpoint again = _workshop.Load(new CheckpointLoadOptions { HeadSeed = 1 });
        Checkpoint other = _workshop.Load(new CheckpointLoadOptions { HeadSeed = 2 });
        Assert.True(first.HasFreshHead);
        Assert.Equal(first.Parameters.Classifier.Weight, again.Parameters.Classifier.Weight);
        Assert.NotEqual(first.Parameters.Classifier.Weight, other.Parameters.Classifier.Weight);
        Assert.Equal(new float[2], first.Parameters.Classifier.Bias);
        Assert.Equal(_workshop.Parameters.Pooler.Weight, first.Parameters.Pooler.Weight);
    }

    [Fact]
    public void Load_FreshHead_IsNormalWithDeviation002()
    {
        BertConfig wide = BertConfig.Uniform(2, 400, 0, 1, 1, 1, [.. Enumerable.Range(0, 50).Select(i => $"{i}")]);
        var parameters = new BertParameters(wide);
        parameters.InitializeClassifier(3);
        double deviation = Math.Sqrt(parameters.Classifier.Weight.Average(value => (double)value * value));
        Assert.InRange(deviation, 0.0195, 0.0205);
        Assert.InRange(parameters.Classifier.Weight.Average(), -0.0005, 0.0005);
    }

    [Fact]
    public void Load_LabelsOfTheTask_ReplaceThoseOfTheConfig()
    {
        Checkpoint renamed = _workshop.AssertLoads(new CheckpointLoadOptions { Labels = ["entailment", "not_entailment"] });
        Assert.Equal(["entailment", "not_entailment"], renamed.Config.Labels.ToArray());

        _workshop.EditTensors(tensors => tensors.Where(tensor => !tensor.Name.StartsWith("classifier", StringComparison.Ordinal)));
        Checkpoint three = _workshop.Load(new CheckpointLoadOptions { Labels = ["a", "b", "c"] });
        Assert.Equal(3 * 8, three.Parameters.Classifier.Weight.Length);
        Assert.Equal(three.Config, three.Parameters.Config);
        Assert.Equal(ProblemType.SingleLabelClassification, three.Config.ProblemType);
        Assert.Equal(ProblemType.Regression, _workshop.Load(new CheckpointLoadOptions { Labels = ["score"] }).Config.ProblemType);
    }

    [Fact]
    public void Load_HeadOfAnotherNumberOfLabels_IsRefused()
    {
        var exception = Assert.Throws<CheckpointException>(() => _workshop.Load(new CheckpointLoadOptions { Labels = ["a", "b", "c"] }));
        Sentence.Assert(exception.Message, [_workshop.ModelPath, "tensor classifier.weight: expected shape [3, 8]", "found [2, 8]"]);
    }

    [Theory]
    [InlineData("bert.embeddings.word_embeddings.weight", "[9, 8]")]
    [InlineData("bert.encoder.layer.1.attention.self.key.bias", "[8]")]
    [InlineData("bert.encoder.layer.0.output.LayerNorm.weight", "[8]")]
    [InlineData("bert.pooler.dense.weight", "[8, 8]")]
    [InlineData("classifier.bias", "[2]")]
    public void Load_MissingTensor_IsNamedWithItsShape(string name, string shape)
    {
        _workshop.EditTensors(tensors => tensors.Where(tensor => tensor.Name != name));
        _workshop.AssertRefused(_workshop.ModelPath, $"expected tensor {name} of shape {shape} by config.json, found none");
    }

    [Theory]
    [InlineData("bert.encoder.layer.1.intermediate.dense.weight", new[] { 8, 6 }, "expected shape [6, 8] by config.json, found [8, 6]")]
    [InlineData("bert.encoder.layer.0.attention.self.query.weight", new[] { 64 }, "expected shape [8, 8] by config.json, found [64]")]
    [InlineData("bert.pooler.dense.bias", new[] { 4 }, "expected shape [8] by config.json, found [4]")]
    [InlineData("bert.pooler.dense.bias", new[] { 8, 1 }, "expected shape [8] by config.json, found [8, 1]")]
    public void Load_WrongShape_SaysExpectedAndFound(string name, int[] shape, string part)
    {
        var values = new float[shape.Aggregate(1, (product, dimension) => product * dimension)];
        _workshop.EditTensors(tensors => tensors.Select(tensor => tensor.Name == name ? new NamedTensor(name, shape, values) : tensor));
        _workshop.AssertRefused(_workshop.ModelPath, $"tensor {name}: {part}");
    }

    [Theory]
    [InlineData("I64", 16)]
    [InlineData("F64", 16)]
    [InlineData("F8_E4M3", 2)]
    [InlineData("F4", 1)]
    public void Load_UnsupportedType_IsNamed(string type, int bytes)
    {
        _workshop.EditTensors(tensors => tensors.Where(tensor => tensor.Name != "classifier.bias"));
        File.WriteAllBytes(_workshop.ModelPath, AddTensor("classifier.bias", type, [2], bytes));
        _workshop.AssertRefused(_workshop.ModelPath, $"tensor classifier.bias: expected type F32, F16 or BF16, found {type}");
    }

    [Fact]
    public void Load_OneTensorUnderTwoNames_IsRefused()
    {
        _workshop.EditTensors(tensors => [.. tensors, new("embeddings.LayerNorm.gamma", [8], new float[8])]);
        _workshop.AssertRefused(_workshop.ModelPath, "found it twice, as bert.embeddings.LayerNorm.weight and embeddings.LayerNorm.gamma");
    }

    [Theory]
    [InlineData("bert.encoder.layer.2.output.dense.bias")]
    [InlineData("encoder.layer.0.attention.self.distance_embedding.weight")]
    public void Load_EncoderTensorThatTheConfigHasNoPlaceFor_IsRefused(string name)
    {
        _workshop.EditTensors(tensors => [.. tensors, new(name, [8], new float[8])]);
        _workshop.AssertRefused(_workshop.ModelPath, $"expected only the encoder tensors that config.json describes, found {name} besides");
    }

    [Fact]
    public void Load_SizesFarBeyondTheFile_AreRefusedBeforeAnythingIsAllocated()
    {
        _workshop.EditConfig(("vocab_size", "2147483647"), ("hidden_size", "2147483644"), ("max_position_embeddings", "2147483647"));
        long before = GC.GetAllocatedBytesForCurrentThread();
        _workshop.AssertRefused("expected shape [2147483647, 2147483644] by config.json, found [9, 8]");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    [Fact]
    public void Load_Shards_AreReadTogether()
    {
        WriteShards();
        _workshop.AssertLoads();
    }

    [Fact]
    public void Load_ModelBesideAnIndex_GoesFirst()
    {
        byte[] model = File.ReadAllBytes(_workshop.ModelPath);
        WriteShards();
        File.WriteAllBytes(_workshop.ModelPath, model);
        File.WriteAllText(_workshop.IndexPath, "not read");
        _workshop.AssertLoads();
    }

    [Fact]
    public void Load_BrokenShards_AreRefused()
    {
        string index = WriteShards();
        string second = Path.Combine(_workshop.Folder, "model-00002-of-00002.safetensors");
        byte[] shard = File.ReadAllBytes(second);

        File.Delete(second);
        _workshop.AssertRefused(second, "is missing");
        File.WriteAllBytes(second, shard[..^1]);
        _workshop.AssertRefused(second, "truncated");
        File.WriteAllBytes(second, RawSafetensors.File("{}", 0));
        _workshop.AssertRefused(second, "expected tensor ", "which model.safetensors.index.json places there, found none of that name");
        File.WriteAllBytes(second, shard);

        File.WriteAllText(_workshop.IndexPath, index.Replace("model-00002", "../model-00002", StringComparison.Ordinal));
        _workshop.AssertRefused(_workshop.IndexPath, "to be the name of a file in the same folder, found \"../model-00002-of-00002.safetensors\"");
        File.WriteAllText(_workshop.IndexPath, "{\"metadata\":{}}");
        _workshop.AssertRefused(_workshop.IndexPath, "expected \"weight_map\" to be an object, found nothing");
        File.WriteAllText(_workshop.IndexPath, "{\"weight_map\":{}}");
        _workshop.AssertRefused(_workshop.IndexPath, "expected tensor bert.embeddings.word_embeddings.weight");
        File.WriteAllText(_workshop.IndexPath, "{");
        _workshop.AssertRefused(_workshop.IndexPath, "not valid JSON");
    }

    [Fact]
    public void Load_NoWeights_SaysWhichFilesWereExpected()
    {
        File.Delete(_workshop.ModelPath);
        _workshop.AssertRefused(_workshop.Folder, "expected model.safetensors or model.safetensors.index.json, found neither");
        File.WriteAllText(Path.Combine(_workshop.Folder, "pytorch_model.bin"), "");
        _workshop.AssertRefused("found neither; pytorch_model.bin cannot be read, save the model with safe_serialization=True");
    }

    /// <summary>The names and shapes that are checked before memory is taken are those of the parameters themselves.</summary>
    [Fact]
    public void TensorShapes_OfRandomShapes_AreThoseOfTheParameters()
    {
        var random = new Random(13);
        for (int i = 0; i < 50; i++)
        {
            BertConfig config = CheckpointWorkshop.Config with
            {
                Layers = [.. Enumerable.Range(0, random.Next(4)).Select(_ => new LayerShape(random.Next(5), random.Next(7)))],
                TypeVocabularySize = random.Next(1, 4),
            };
            Assert.Equal(
                new BertParameters(config).Tensors().Select(tensor => (tensor.Name, TensorEntry.Describe(tensor.Shape))),
                TensorShapes.Of(config).Select(tensor => (tensor.Name, TensorEntry.Describe(tensor.Shape))));
        }
    }

    public void Dispose() => _workshop.Dispose();

    /// <summary>The model's file with one more tensor of zeros in any type, which lies first.</summary>
    private byte[] AddTensor(string name, string type, int[] shape, int bytes)
    {
        using var file = SafetensorsFile.Open(_workshop.ModelPath);
        var header = new JsonObject();
        var data = new List<byte>(new byte[bytes]);
        header.Add(name, Entry(type, shape.Select(dimension => (long)dimension), 0, bytes));
        foreach (TensorEntry entry in file.Tensors.Values)
        {
            header.Add(entry.Name, Entry(entry.Type, entry.Shape, data.Count, data.Count + (entry.End - entry.Begin)));
            data.AddRange(file.Bytes(entry));
        }

        return RawSafetensors.File(header.ToJsonString(), [.. data]);
    }

    private static JsonObject Entry(string type, IEnumerable<long> shape, long begin, long end) => new()
    {
        ["dtype"] = type,
        ["shape"] = new JsonArray([.. shape.Select(dimension => (JsonNode)dimension)]),
        ["data_offsets"] = new JsonArray(begin, end),
    };

    private string WriteShards()
    {
        NamedTensor[] tensors = [.. _workshop.Parameters.Tensors()];
        var map = new JsonObject();
        for (int shard = 0; shard < 2; shard++)
        {
            string name = $"model-0000{shard + 1}-of-00002.safetensors";
            NamedTensor[] part = [.. tensors.Where((_, i) => i % 3 == 0 == (shard == 0))];
            SafetensorsWriter.Write(Path.Combine(_workshop.Folder, name), part.Select(StoredTensor.AsFloat32));
            foreach (NamedTensor tensor in part)
            {
                map.Add(tensor.Name, name);
            }
        }

        string index = new JsonObject { ["metadata"] = new JsonObject { ["total_size"] = 1 }, ["weight_map"] = map }.ToJsonString();
        File.WriteAllText(_workshop.IndexPath, index);
        File.Delete(_workshop.ModelPath);
        return index;
    }
}
