using System.Text.Json.Nodes;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.Tests.Reference;
using Endpoints.Tests;

namespace Endpoints.Bert.Tests.Checkpoints;

/// <summary>A small checkpoint in a folder of its own, for tests to damage and load.</summary>
internal sealed class CheckpointWorkshop : IDisposable
{
    private readonly TemporaryFolder _root = new();

    public CheckpointWorkshop(BertConfig? config = null)
    {
        Parameters = BertParameters.Random(config ?? Config, seed: 11);
        Parameters.Layers[0].Attention!.Query.Bias[1] = 0.25f;
        Parameters.EmbeddingNorm.Beta[2] = -3;
        Save();
    }

    /// <summary>2 layers of 4 heads of 2 and 6 units, a vocabulary of 9.</summary>
    public static BertConfig Config { get; } = BertConfig.Uniform(9, 8, 2, 4, 6, 5, "no", "yes");

    public BertParameters Parameters { get; }

    /// <summary>The folder above the checkpoint's.</summary>
    public string Root => _root.Path;

    public string Folder => _root.File("model");

    public string ConfigPath => Path.Combine(Folder, "config.json");

    public string ModelPath => Path.Combine(Folder, "model.safetensors");

    public string IndexPath => Path.Combine(Folder, "model.safetensors.index.json");

    public void Save(EndpointMetadata? metadata = null) => CheckpointFolder.Save(Folder, new Checkpoint
    {
        Config = Parameters.Config,
        Parameters = Parameters,
        Tokenizer = new NoTokenizer(9),
        Metadata = metadata,
    });

    public Checkpoint Load(CheckpointLoadOptions? options = null) =>
        CheckpointFolder.Load(Folder, (options ?? new CheckpointLoadOptions()) with { Tokenizer = new NoTokenizer(9) });

    public JsonObject ReadConfig() => JsonNode.Parse(File.ReadAllText(ConfigPath))!.AsObject();

    /// <summary>Sets fields of config.json to JSON values; null removes one.</summary>
    public void EditConfig(params ReadOnlySpan<(string Field, string? Json)> edits)
    {
        JsonObject config = ReadConfig();
        foreach ((string field, string? json) in edits)
        {
            config.Remove(field);
            if (json is not null)
            {
                config.Add(field, JsonNode.Parse(json));
            }
        }

        File.WriteAllText(ConfigPath, config.ToJsonString());
    }

    /// <summary>Writes model.safetensors again with the tensors changed.</summary>
    public void EditTensors(Func<IEnumerable<NamedTensor>, IEnumerable<NamedTensor>> edit, string type = "F32") =>
        File.WriteAllBytes(ModelPath, RawSafetensors.File(edit(Parameters.Tensors()), type));

    /// <summary>Loading must fail in one sentence with these parts.</summary>
    public void AssertRefused(params ReadOnlySpan<string> parts) => Sentence.Assert(Assert.Throws<CheckpointException>(() => Load()).Message, parts);

    /// <summary>Loading must give the weights that were saved.</summary>
    public Checkpoint AssertLoads(CheckpointLoadOptions? options = null)
    {
        Checkpoint loaded = Load(options);
        AssertEqual(Parameters, loaded.Parameters);
        return loaded;
    }

    public static void AssertEqual(BertParameters expected, BertParameters actual)
    {
        Assert.Equal(expected.Tensors().Select(tensor => tensor.Name), actual.Tensors().Select(tensor => tensor.Name));
        foreach ((NamedTensor one, NamedTensor other) in expected.Tensors().Zip(actual.Tensors()))
        {
            Assert.Equal(one.Shape, other.Shape);
            Assert.True(one.Values.AsSpan().SequenceEqual(other.Values), one.Name);
        }
    }

    public void Dispose() => _root.Dispose();
}
