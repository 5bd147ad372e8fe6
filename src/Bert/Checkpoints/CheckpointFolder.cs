using Endpoints.Bert.Tokenization;
using Endpoints.Compute;

namespace Endpoints.Bert.Checkpoints;

/// <summary>Reads and writes checkpoints: folders in Hugging Face layout.</summary>
public static class CheckpointFolder
{
    /// <summary>Reads a folder into memory, all weights as float32.</summary>
    /// <param name="directory">Holds <c>config.json</c>, <c>model.safetensors</c> (or shards and their index), the tokenizer's files and perhaps <c>endpoint.json</c>.</param>
    /// <param name="options">What the caller knows better than the folder.</param>
    /// <exception cref="CheckpointException">A file is missing, malformed or not supported; the message is one sentence that says what was expected and found.</exception>
    public static Checkpoint Load(string directory, CheckpointLoadOptions? options = null)
    {
        options ??= new CheckpointLoadOptions();
        if (!Directory.Exists(directory))
        {
            throw new CheckpointException($"{directory}: expected a checkpoint folder, found none.");
        }

        string configPath = Path.Combine(directory, ConfigFile.Name);
        (BertConfig config, bool isInt8) = ConfigFile.Read(configPath);
        config = WithLabels(config, options);
        if (config.LabelCount == 0)
        {
            throw new CheckpointException(
                $"{configPath}: expected a classifier, found a multitask network, whose heads only 'endpoints multitask' runs; 'endpoints train' can put a new classifier on its trunk.");
        }

        ITokenizer tokenizer = options.Tokenizer ?? TokenizerFolder.Load(directory);
        if (tokenizer.VocabularySize > config.VocabularySize)
        {
            throw new CheckpointException(
                $"{configPath}: expected \"vocab_size\" to be at least the {tokenizer.VocabularySize} entries of the tokenizer, found {config.VocabularySize}.");
        }

        if (tokenizer is WordPieceTokenizer && config.TypeVocabularySize < 2)
        {
            throw new CheckpointException(
                $"{configPath}: expected \"type_vocab_size\" to be at least 2 for a WordPiece tokenizer, which marks second texts with type 1, found {config.TypeVocabularySize}.");
        }

        EndpointMetadata? metadata = MetadataFile.Read(Path.Combine(directory, MetadataFile.Name));
        using var tensors = TensorFiles.Open(directory);
        (BertParameters parameters, bool hasFreshHead) = ParameterReader.Read(tensors, config, isInt8, options.HeadSeed);
        var weights = new CheckpointWeights(parameters, Rereader(Path.GetFullPath(directory), tensors.Stamp, config, isInt8, options.HeadSeed));
        return new Checkpoint { Config = config, Parameters = parameters, Weights = weights, Tokenizer = tokenizer, Metadata = metadata, HasFreshHead = hasFreshHead };
    }

    /// <summary>
    /// Writes a folder, replacing a checkpoint that is there. Everything is written to a hidden folder beside it first; a process that is killed
    /// leaves that one behind, or a folder without <c>model.safetensors</c>, and never one that looks complete and is not.
    /// </summary>
    /// <param name="directory">The folder.</param>
    /// <param name="checkpoint">What to write; its metadata gets <paramref name="precision"/>.</param>
    /// <param name="precision">
    /// What weights are stored in. float32 and bfloat16 are for any program. int8 is a form of our own, under a model type and a file format that other
    /// programs refuse: the encoder's linear weights in 8 bits with a scale for each output, the rest in float32.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The weights are of another shape than the config, the config cannot be expressed, or a weight to store in int8 is not finite.
    /// </exception>
    /// <exception cref="IOException">The disk is full, or the folder cannot be written.</exception>
    public static void Save(string directory, Checkpoint checkpoint, Precision precision = Precision.Float32)
    {
        RequireSameShape(checkpoint);
        Replace(directory, staging =>
        {
            ConfigWriter.Write(Path.Combine(staging, ConfigFile.Name), checkpoint.Config, precision);
            checkpoint.Tokenizer.Save(staging);
            if (checkpoint.Metadata is { } metadata)
            {
                MetadataFile.Write(Path.Combine(staging, MetadataFile.Name), metadata with { Precision = precision });
            }

            SafetensorsWriter.Write(
                Path.Combine(staging, TensorFiles.ModelName),
                StoredTensor.Of(checkpoint.Parameters, precision),
                precision == Precision.Int8 ? new ModelType(checkpoint.Config.Architecture, LayerForm.Int8).Name : SafetensorsWriter.PyTorchFormat);
        });
    }

    /// <summary>Reads the same weights again; another model that has taken the folder's place is refused.</summary>
    private static Func<BertParameters> Rereader(string directory, string stamp, BertConfig config, bool isInt8, int headSeed) => () =>
    {
        using var tensors = TensorFiles.Open(directory);
        return tensors.Stamp == stamp
            ? ParameterReader.Read(tensors, config, isInt8, headSeed).Parameters
            : throw new CheckpointException($"{directory}: expected the weights that were loaded before, found files that have changed since: load the folder as a checkpoint of its own.");
    };

    /// <summary>Has a folder's files written to a hidden folder beside it, which then takes its place.</summary>
    internal static void Replace(string directory, Action<string> write)
    {
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        string staging = Path.Combine(Path.GetDirectoryName(target) ?? target, $".{Path.GetFileName(target)}.{Path.GetRandomFileName()}");
        Directory.CreateDirectory(staging);
        try
        {
            write(staging);
            Publish(staging, target);
        }
        finally
        {
            if (Directory.Exists(staging))
            {
                Directory.Delete(staging, recursive: true);
            }
        }
    }

    /// <summary>Renames a finished folder into place. Where there is a folder already its files are replaced, the model's first to go and last to come.</summary>
    private static void Publish(string staging, string target)
    {
        if (!Directory.Exists(target))
        {
            Directory.Move(staging, target);
            return;
        }

        foreach (string stale in (string[])[TensorFiles.ModelName, TensorFiles.IndexName, MetadataFile.Name, .. TokenizerFolder.FileNames])
        {
            File.Delete(Path.Combine(target, stale));
        }

        foreach (string file in Directory.GetFiles(staging).OrderBy(file => Path.GetFileName(file) == TensorFiles.ModelName))
        {
            File.Move(file, Path.Combine(target, Path.GetFileName(file)), overwrite: true);
        }
    }

    private static void RequireSameShape(Checkpoint checkpoint)
    {
        var expected = TensorShapes.Of(checkpoint.Config).Select(tensor => $"{tensor.Name} {TensorEntry.Describe(tensor.Shape)}");
        var found = checkpoint.Parameters.Tensors().Select(tensor => $"{tensor.Name} {TensorEntry.Describe(tensor.Shape)}");
        if (!expected.SequenceEqual(found))
        {
            string tensor = found.Except(expected).Concat(expected.Except(found)).First();
            throw new ArgumentException($"The checkpoint's weights are of another shape than its config, first at {tensor}.", nameof(checkpoint));
        }
    }

    private static BertConfig WithLabels(BertConfig config, CheckpointLoadOptions options) => options.Labels.IsDefaultOrEmpty
        ? config
        : config with { Labels = options.Labels, ProblemType = options.ProblemType ?? ConfigFile.ProblemTypeFor(options.Labels.Length) };
}
