using System.Text.Json.Nodes;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Tests.Reference;
using Endpoints.Bert.Tests.SubNetworks;
using Endpoints.Bert.Tests.Tokenization;
using Endpoints.Bert.Tokenization;
using Endpoints.Compute;
using Endpoints.Tests;

namespace Endpoints.Bert.Tests.Checkpoints;

/// <summary>RoBERTa in Hugging Face's own layout: names, head, limits, and our forms of it.</summary>
public sealed class RobertaCheckpointTests : IDisposable
{
    private readonly CheckpointWorkshop _workshop = new(CheckpointWorkshop.Config.AsRoberta());

    /// <summary>The golden models that are RoBERTas; at least one is.</summary>
    public static TheoryData<string> Models => GoldenModel.All;

    [Theory, MemberData(nameof(Models))]
    public void Save_GoldenModel_WritesItsNamesAndBytes(string row)
    {
        using GoldenModel model = GoldenModel.Open(row);
        using var folder = new TemporaryFolder();
        CheckpointFolder.Save(folder.Path, model.Checkpoint);
        using SafetensorsFile original = SafetensorsFile.Open(Path.Combine(model.Folder, "model.safetensors")), written = SafetensorsFile.Open(folder.File("model.safetensors"));
        Assert.Equal(original.Tensors.Keys.Order(StringComparer.Ordinal), written.Tensors.Keys.Order(StringComparer.Ordinal));
        foreach (TensorEntry tensor in original.Tensors.Values)
        {
            TensorEntry other = written.Tensors[tensor.Name];
            Assert.Equal((tensor.Type, TensorEntry.Describe(tensor.Shape)), (other.Type, TensorEntry.Describe(other.Shape)));
            Assert.True(original.Bytes(tensor).SequenceEqual(written.Bytes(other)), tensor.Name);
        }

        JsonObject before = Config(model.Folder), after = Config(folder.Path);
        foreach (string field in (string[])["model_type", "architectures", "pad_token_id", "type_vocab_size", "max_position_embeddings", "id2label"])
        {
            Assert.True(JsonNode.DeepEquals(before[field], after[field]), $"{field}: {after[field]}");
        }
    }

    [Fact]
    public void Load_RobertaConfig_IsReadAsItsOwn()
    {
        BertConfig config = _workshop.AssertLoads().Config;
        Assert.Equal(Architecture.Roberta, config.Architecture);
        Assert.Equal((7, 2, 5, 1, 1, 1e-5f), (config.MaxPositions, config.FirstPosition, config.MaxSequenceLength, config.PadTokenId, config.TypeVocabularySize, config.LayerNormEpsilon));
        Assert.Equal("RobertaForSequenceClassification", (string?)_workshop.ReadConfig()["architectures"]![0]);
        _workshop.EditConfig(("pad_token_id", null));
        Assert.Equal(1, _workshop.Load().Config.PadTokenId);
        _workshop.EditConfig(("max_position_embeddings", "2"));
        _workshop.AssertRefused("expected \"max_position_embeddings\" to be a whole number from 3, found 2");
    }

    [Fact]
    public void Load_PretrainedWithoutAHead_InitialisesBothItsLayers()
    {
        _workshop.EditTensors(tensors =>
        [
            .. tensors.Where(tensor => !tensor.Name.StartsWith("classifier", StringComparison.Ordinal)),
            new("lm_head.bias", [9], new float[9]), new("lm_head.dense.weight", [8, 8], new float[64]),
            new("roberta.pooler.dense.weight", [8, 8], new float[64]), new("roberta.pooler.dense.bias", [8], new float[8]),
        ]);
        Checkpoint first = _workshop.Load(new CheckpointLoadOptions { HeadSeed = 1, Labels = ["a", "b", "c"] });
        Assert.True(first.HasFreshHead);
        Assert.Equal(3 * 8, first.Parameters.Classifier.Weight.Length);
        Assert.All((float[][])[first.Parameters.Classifier.Weight, first.Parameters.Pooler.Weight], weight => Assert.DoesNotContain(0f, weight));
        Assert.Equal(new float[8], first.Parameters.Pooler.Bias);
        Assert.Equal(first.Parameters.Pooler.Weight, _workshop.Load(new CheckpointLoadOptions { HeadSeed = 1, Labels = ["a", "b", "c"] }).Parameters.Pooler.Weight);
        Assert.NotEqual(first.Parameters.Pooler.Weight, _workshop.Load(new CheckpointLoadOptions { HeadSeed = 2 }).Parameters.Pooler.Weight);

        _workshop.EditTensors(tensors => tensors
            .Where(tensor => !tensor.Name.StartsWith("classifier", StringComparison.Ordinal))
            .Select(tensor => tensor with { Name = tensor.Name.Replace("roberta.", "", StringComparison.Ordinal) }));
        Assert.Equal(_workshop.Parameters.WordEmbeddings, _workshop.Load().Parameters.WordEmbeddings);
    }

    [Fact]
    public void Load_HalfAHeadOrAnotherLayer_IsRefused()
    {
        _workshop.EditTensors(tensors => tensors.Where(tensor => tensor.Name != "classifier.dense.weight"));
        _workshop.AssertRefused("expected tensor classifier.dense.weight of shape [8, 8] by config.json, found none");
        _workshop.EditTensors(tensors => [.. tensors, new("roberta.encoder.layer.7.output.dense.bias", [8], new float[8])]);
        _workshop.AssertRefused("found roberta.encoder.layer.7.output.dense.bias besides");
    }

    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.BFloat16)]
    [InlineData(Precision.Int8)]
    public void Save_SubNetworksInEachPrecision_AreRestoredAsStored(Precision precision)
    {
        BertParameters parameters = BertParameters.Random(RandomSubNetworks.Config.AsRoberta(), seed: 17);
        foreach (SubNetwork subNetwork in RandomSubNetworks.Draw(parameters.Config, 12, seed: 18))
        {
            BertParameters extracted = SubNetworkExtractor.Extract(parameters, subNetwork);
            CheckpointFolder.Save(_workshop.Folder, new Checkpoint { Config = extracted.Config, Parameters = extracted, Tokenizer = new NoTokenizer(9) }, precision);
            Checkpoint loaded = _workshop.Load();
            Assert.Equal(extracted.Config, loaded.Config);
            CheckpointWorkshop.AssertEqual(WeightRounding.AsStored(extracted, precision), loaded.Parameters);
        }

        string type = (string)_workshop.ReadConfig()["model_type"]!;
        Assert.True(precision == Precision.Int8 ? type == "endpoints_roberta_int8" : type is "roberta" or "endpoints_roberta", type);
    }

    [Fact]
    public void SaveAndLoad_WithItsTokenizer_LeavesNothingOfAnother()
    {
        using var folder = new TemporaryFolder();
        Save(folder.Path, BertConfig.Uniform(30_522, 8, 1, 2, 4, 16, "a", "b"), TestVocabulary.Uncased);
        Assert.IsType<WordPieceTokenizer>(CheckpointFolder.Load(folder.Path).Tokenizer);
        Save(folder.Path, BertConfig.Uniform(50_265, 8, 1, 2, 4, 16, "a", "b").AsRoberta(), TestVocabulary.Roberta);
        Checkpoint loaded = CheckpointFolder.Load(folder.Path);
        Assert.Equal(TestVocabulary.Roberta.Encode("Hello", "world").Ids, loaded.Tokenizer.Encode("Hello", "world").Ids);
        Assert.Equal(
            ["config.json", "merges.txt", "model.safetensors", "tokenizer_config.json", "vocab.json"],
            Directory.GetFiles(folder.Path).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Load_WordPieceForOneTokenType_IsRefused()
    {
        using var folder = new TemporaryFolder();
        Save(folder.Path, BertConfig.Uniform(30_522, 8, 1, 2, 4, 16, "a", "b").AsRoberta(), TestVocabulary.Uncased);
        var e = Assert.Throws<CheckpointException>(() => CheckpointFolder.Load(folder.Path));
        Sentence.Assert(e.Message, ["expected \"type_vocab_size\" to be at least 2 for a WordPiece tokenizer", "found 1"]);
    }

    public void Dispose() => _workshop.Dispose();

    private static void Save(string folder, BertConfig config, ITokenizer tokenizer) =>
        CheckpointFolder.Save(folder, new Checkpoint { Config = config, Parameters = BertParameters.Random(config, 1), Tokenizer = tokenizer });

    private static JsonObject Config(string folder) => JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "config.json")))!.AsObject();
}
