using System.Collections.Immutable;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.Tokenization;
using Endpoints.Compute;

namespace Endpoints.Bert.Multitask;

/// <summary>A multitask network as a folder: a BERT checkpoint without a classifier, whose files also hold the heads.</summary>
/// <remarks>
/// <c>model.safetensors</c> has the trunk under Hugging Face's names and <c>heads.NAME.weight</c>, <c>heads.NAME.bias</c>; <c>config.json</c> has
/// <c>endpoint_heads</c>. Programs that know BertModel read the trunk and leave the heads.
/// </remarks>
public sealed record MultitaskCheckpoint
{
    /// <value>Trunk and heads, as float32.</value>
    public required MultitaskParameters Parameters { get; init; }

    /// <value>From <c>vocab.txt</c> and <c>tokenizer_config.json</c>.</value>
    public required ITokenizer Tokenizer { get; init; }

    /// <value>From <c>endpoint.json</c>; null where the folder has none.</value>
    public EndpointMetadata? Metadata { get; init; }

    /// <summary>True where a folder's config names heads, so that <see cref="Load"/> is the way to read it.</summary>
    /// <exception cref="CheckpointException"><c>config.json</c> is missing or no JSON.</exception>
    public static bool Is(string directory) =>
        JsonFile.Read(Path.Combine(directory, ConfigFile.Name), fields => fields.Value(ConfigFile.HeadsField) is not null);

    /// <summary>Reads a folder into memory.</summary>
    /// <param name="directory">What <see cref="Save"/> wrote.</param>
    /// <param name="tokenizer">To use in place of the folder's own; default none.</param>
    /// <exception cref="CheckpointException">A file is missing, malformed or not a multitask network's; the message says what was expected and found.</exception>
    public static MultitaskCheckpoint Load(string directory, ITokenizer? tokenizer = null)
    {
        if (!Directory.Exists(directory))
        {
            throw new CheckpointException($"{directory}: expected a checkpoint folder, found none.");
        }

        string configPath = Path.Combine(directory, ConfigFile.Name);
        ImmutableArray<HeadConfig> heads = JsonFile.Read(configPath, HeadFields.Read);
        (BertConfig config, bool isInt8) = ConfigFile.Read(configPath);
        tokenizer ??= TokenizerFolder.Load(directory);
        if (tokenizer.VocabularySize > config.VocabularySize)
        {
            throw new CheckpointException(
                $"{configPath}: expected \"vocab_size\" to be at least the {tokenizer.VocabularySize} entries of the tokenizer, found {config.VocabularySize}.");
        }

        using var tensors = TensorFiles.Open(directory);
        TaskHead[] taskHeads = [.. heads.Select(head => TaskHead.Zeros(head, config.HiddenSize))];
        foreach (NamedTensor tensor in taskHeads.SelectMany(head => head.Tensors()))
        {
            (SafetensorsFile file, TensorEntry entry) = tensors.Find(ParameterReader.Find(tensors, tensor.Name, tensor.Shape, [tensor.Name], TensorValues.SupportedTypes));
            file.Read(entry, tensor.Values);
        }

        return new MultitaskCheckpoint
        {
            Parameters = new(ParameterReader.Read(tensors, config, isInt8, headSeed: 0).Parameters, [.. taskHeads]),
            Tokenizer = tokenizer,
            Metadata = MetadataFile.Read(Path.Combine(directory, MetadataFile.Name)),
        };
    }

    /// <summary>Writes a folder in float32, replacing one that is there only when all of it is written.</summary>
    /// <exception cref="ArgumentException">The config cannot be expressed.</exception>
    /// <exception cref="IOException">The disk is full, or the folder cannot be written.</exception>
    public void Save(string directory) => CheckpointFolder.Replace(directory, staging =>
    {
        ConfigWriter.Write(
            Path.Combine(staging, ConfigFile.Name), Parameters.Trunk.Config, Precision.Float32, json => HeadFields.Write(json, Parameters.Heads.Select(head => head.Config)));
        Tokenizer.Save(staging);
        if (Metadata is { } metadata)
        {
            MetadataFile.Write(Path.Combine(staging, MetadataFile.Name), metadata with { Precision = Precision.Float32 });
        }

        SafetensorsWriter.Write(Path.Combine(staging, TensorFiles.ModelName), Parameters.Tensors().Select(StoredTensor.AsFloat32));
    });
}
