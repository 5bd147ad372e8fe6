namespace Endpoints.Bert.Checkpoints;

/// <summary>The tensors of a checkpoint folder by name, whether they lie in <c>model.safetensors</c> or in shards named by an index.</summary>
internal sealed class TensorFiles : IDisposable
{
    /// <summary>The one file of most checkpoints.</summary>
    public const string ModelName = "model.safetensors";

    /// <summary>The list of shards of a large one.</summary>
    public const string IndexName = "model.safetensors.index.json";

    private readonly Dictionary<string, SafetensorsFile> _fileOf = [];
    private readonly List<SafetensorsFile> _files = [];

    private TensorFiles(string path) => Path = path;

    /// <summary>The model file or the index, for messages.</summary>
    public string Path { get; }

    /// <summary>The names of all tensors.</summary>
    public IReadOnlyCollection<string> Names => _fileOf.Keys;

    /// <summary>Opens what the folder has; <c>model.safetensors</c> goes before an index, as in transformers.</summary>
    /// <exception cref="CheckpointException">There is neither, or a file is missing or malformed.</exception>
    public static TensorFiles Open(string directory)
    {
        string model = System.IO.Path.Combine(directory, ModelName);
        string index = System.IO.Path.Combine(directory, IndexName);
        if (!File.Exists(model) && !File.Exists(index))
        {
            throw new CheckpointException($"{directory}: expected {ModelName} or {IndexName}, found neither{Remedy(directory)}.");
        }

        var tensors = new TensorFiles(File.Exists(model) ? model : index);
        try
        {
            tensors.OpenAll(directory);
            return tensors;
        }
        catch
        {
            tensors.Dispose();
            throw;
        }
    }

    /// <summary>Tells whether files are still the ones that they were: length and time of each.</summary>
    public string Stamp => string.Join(';', _files.Select(file => new FileInfo(file.Path)).Select(file => $"{file.Length} {file.LastWriteTimeUtc.Ticks}"));

    /// <summary>True when there is a tensor of this name.</summary>
    public bool Contains(string name) => _fileOf.ContainsKey(name);

    /// <summary>A tensor's file and its place in it.</summary>
    public (SafetensorsFile File, TensorEntry Entry) Find(string name) => (_fileOf[name], _fileOf[name].Tensors[name]);

    /// <inheritdoc/>
    public void Dispose() => _files.ForEach(file => file.Dispose());

    private void OpenAll(string directory)
    {
        if (System.IO.Path.GetFileName(Path) == ModelName)
        {
            SafetensorsFile file = Add(Path);
            foreach (string name in file.Tensors.Keys)
            {
                _fileOf.Add(name, file);
            }

            return;
        }

        foreach (var shard in ReadIndex(Path).GroupBy(pair => pair.Shard))
        {
            SafetensorsFile file = Add(System.IO.Path.Combine(directory, shard.Key));
            foreach ((string name, _) in shard)
            {
                if (!file.Tensors.ContainsKey(name))
                {
                    throw new CheckpointException($"{file.Path}: expected tensor {name}, which {IndexName} places there, found none of that name.");
                }

                _fileOf.Add(name, file);
            }
        }
    }

    private SafetensorsFile Add(string path)
    {
        var file = SafetensorsFile.Open(path);
        _files.Add(file);
        return file;
    }

    private static (string Tensor, string Shard)[] ReadIndex(string path) => JsonFile.Read<(string, string)[]>(path, index =>
    {
        JsonFields map = index.Object("weight_map") ?? throw index.Failure("weight_map", "an object");
        return [.. map.Element.EnumerateObject().Select(property => (property.Name, ShardName(map, property.Name)))];
    });

    /// <summary>A shard is a file of the same folder: a path that leads elsewhere is refused.</summary>
    private static string ShardName(JsonFields map, string tensor) =>
        map.Text(tensor) is { Length: > 0 } name && name == System.IO.Path.GetFileName(name) && !name.Contains('\\', StringComparison.Ordinal)
            ? name
            : throw map.Failure(tensor, "the name of a file in the same folder");

    private static string Remedy(string directory) => File.Exists(System.IO.Path.Combine(directory, "pytorch_model.bin"))
        ? "; pytorch_model.bin cannot be read, save the model with safe_serialization=True"
        : "";
}
