using System.Text.Json.Nodes;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Tests.Reference;
using Endpoints.Bert.Tests.SubNetworks;
using Endpoints.Tests;

namespace Endpoints.Bert.Tests.Checkpoints;

public sealed class CheckpointFolderTests : IDisposable
{
    private readonly CheckpointWorkshop _workshop = new();

    public static TheoryData<string> GoldenModels => GoldenModel.All;

    [Fact]
    public void Save_ThenLoad_RestoresRandomSubNetworks()
    {
        BertParameters parameters = BertParameters.Random(RandomSubNetworks.Config, seed: 17);
        foreach (SubNetwork subNetwork in RandomSubNetworks.Draw(parameters.Config, 60, seed: 18))
        {
            BertParameters extracted = SubNetworkExtractor.Extract(parameters, subNetwork);
            CheckpointFolder.Save(_workshop.Folder, new Checkpoint { Config = extracted.Config, Parameters = extracted, Tokenizer = new NoTokenizer(9) });
            Checkpoint loaded = _workshop.Load();
            Assert.Equal(extracted.Config, loaded.Config);
            Assert.False(loaded.HasFreshHead);
            CheckpointWorkshop.AssertEqual(extracted, loaded.Parameters);
        }
    }

    [Fact]
    public void Save_Metadata_IsSnakeCaseAndRestored()
    {
        var metadata = new EndpointMetadata
        {
            SubNetwork = "small:l=1,h=2,u=3",
            Parent = "runs/base",
            Task = "rte",
            Split = "validation",
            Metrics = new Dictionary<string, double> { ["accuracy"] = 0.625, ["spearman"] = double.NaN },
            Parameters = 123_456_789_012,
            PaperParameters = 2,
            ParentParameters = 3,
        };
        _workshop.Save(metadata);
        JsonObject json = JsonNode.Parse(File.ReadAllText(Path.Combine(_workshop.Folder, "endpoint.json")))!.AsObject();
        Assert.Equal(
            ["sub_network", "parent", "task", "split", "metrics", "measured_in", "precision", "parameters", "paper_parameters", "parent_parameters"],
            json.Select(property => property.Key));

        EndpointMetadata loaded = _workshop.AssertLoads().Metadata!;
        Assert.Equal(metadata.Metrics, loaded.Metrics);
        Assert.Equal(metadata, loaded with { Metrics = metadata.Metrics });

        _workshop.Save();
        Assert.Null(_workshop.AssertLoads().Metadata);
    }

    [Theory]
    [InlineData("{\"parameters\": \"many\"}", "$.parameters")]
    [InlineData("{\"sub_network\": null}", "$.sub_network")]
    [InlineData("{\"temperature\": 0}", "\"temperature\" to be a number above 0, found 0")]
    [InlineData("{\"temperature\": \"NaN\"}", "\"temperature\" to be a number above 0, found NaN")]
    [InlineData("{", "not valid endpoint metadata")]
    [InlineData("null", "expected a JSON object, found null")]
    public void Load_BrokenMetadata_IsRefused(string json, string part)
    {
        string path = Path.Combine(_workshop.Folder, "endpoint.json");
        File.WriteAllText(path, json);
        _workshop.AssertRefused(path, part);
    }

    [Fact]
    public void Save_Temperature_IsRestored()
    {
        _workshop.Save(new EndpointMetadata { Temperature = 1.75 });
        Assert.Equal(1.75, _workshop.AssertLoads().Metadata!.Temperature);
    }

    [Fact]
    public void Load_NoFolder_IsRefused()
    {
        string folder = Path.Combine(_workshop.Root, "none");
        var exception = Assert.Throws<CheckpointException>(() => CheckpointFolder.Load(folder));
        Sentence.Assert(exception.Message, [folder, "expected a checkpoint folder, found none"]);
    }

    [Fact]
    public void Load_TokenizerWithMoreEntriesThanEmbeddings_IsRefused()
    {
        var exception = Assert.Throws<CheckpointException>(() => CheckpointFolder.Load(_workshop.Folder, new CheckpointLoadOptions { Tokenizer = new NoTokenizer(10) }));
        Sentence.Assert(exception.Message, [_workshop.ConfigPath, "expected \"vocab_size\" to be at least the 10 entries of the tokenizer, found 9"]);
        Assert.Equal(8, CheckpointFolder.Load(_workshop.Folder, new CheckpointLoadOptions { Tokenizer = new NoTokenizer(8) }).Tokenizer.VocabularySize);
    }

    [Fact]
    public void Save_OverAnotherCheckpoint_LeavesNothingOfItsOwnAndOtherFilesAlone()
    {
        _workshop.Save(new EndpointMetadata());
        File.WriteAllText(_workshop.IndexPath, "stale");
        string notes = Path.Combine(_workshop.Folder, "notes.txt");
        File.WriteAllText(notes, "kept");
        _workshop.Parameters.Classifier.Bias[0] = 7;
        _workshop.Save();
        Assert.Equal(
            [_workshop.ConfigPath, _workshop.ModelPath, notes, Path.Combine(_workshop.Folder, "vocab.txt")],
            Directory.GetFiles(_workshop.Folder).Order(StringComparer.Ordinal));
        Assert.Equal([_workshop.Folder], Directory.GetFileSystemEntries(_workshop.Root));
        Assert.Equal(7, _workshop.AssertLoads().Parameters.Classifier.Bias[0]);
    }

    [Fact]
    public void Save_InterruptedWhileReplacing_LeavesAFolderThatDoesNotLookComplete()
    {
        // A folder where config.json must go stops the replacement half-way.
        File.Delete(_workshop.ConfigPath);
        Directory.CreateDirectory(Path.Combine(_workshop.ConfigPath, "in the way"));
        Assert.ThrowsAny<SystemException>(() => _workshop.Save());
        Assert.False(File.Exists(_workshop.ModelPath));
        Assert.Equal([_workshop.Folder], Directory.GetFileSystemEntries(_workshop.Root));
    }

    [Fact]
    public void Save_IntoANewNestedFolder_CreatesIt()
    {
        string folder = Path.Combine(_workshop.Root, "a", "b") + Path.DirectorySeparatorChar;
        CheckpointFolder.Save(folder, _workshop.Load());
        CheckpointWorkshop.AssertEqual(_workshop.Parameters, CheckpointFolder.Load(folder, new CheckpointLoadOptions { Tokenizer = new NoTokenizer(9) }).Parameters);
        Assert.Equal(["a"], Directory.GetDirectories(_workshop.Root).Select(Path.GetFileName).Where(name => name != "model"));
    }

    [Fact]
    public void Save_WeightsOfAnotherShapeThanTheConfig_IsRefused()
    {
        Checkpoint wrong = _workshop.Load() with { Config = CheckpointWorkshop.Config with { Layers = [new(4, 6), new(3, 6)] } };
        var exception = Assert.Throws<ArgumentException>(() => CheckpointFolder.Save(_workshop.Folder, wrong));
        Assert.Contains("first at bert.encoder.layer.1.attention.self.query.weight [8, 8]", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(GoldenModels))]
    public void Load_GoldenCheckpoint_HasItsConfigAndEveryTensor(string row)
    {
        string folder = Golden.Found(row);
        JsonObject json = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "config.json")))!.AsObject();
        using GoldenModel model = GoldenModel.Open(row);
        BertConfig config = model.Config;
        Assert.Equal((int)json["num_hidden_layers"]!, config.LayerCount);
        Assert.All(config.Layers, layer => Assert.Equal(new LayerShape((int)json["num_attention_heads"]!, (int)json["intermediate_size"]!), layer));
        Assert.Equal((int)json["vocab_size"]!, config.VocabularySize);
        Assert.Equal((string?)json["problem_type"] == "regression", config.ProblemType == ProblemType.Regression);
        Assert.Equal(json["id2label"]!.AsObject().Select(label => (string?)label.Value), config.Labels);
        Assert.False(model.Checkpoint.HasFreshHead);

        using var raw = new TensorBundle(Path.Combine(folder, "model.safetensors"));
        Assert.Equal(raw.Names.Order(StringComparer.Ordinal), model.Checkpoint.Parameters.Tensors().Select(tensor => tensor.Name).Order(StringComparer.Ordinal));
        foreach (NamedTensor tensor in model.Checkpoint.Parameters.Tensors())
        {
            Assert.Equal(raw.Shape(tensor.Name), tensor.Shape);
            Assert.Equal(raw.Doubles(tensor.Name), tensor.Values.Select(value => (double)value));
        }
    }

    public void Dispose() => _workshop.Dispose();
}
