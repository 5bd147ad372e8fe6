namespace Endpoints.Bert.Checkpoints;

/// <summary>Finds a config's tensors among those of a checkpoint, checks them all, and only then reads them.</summary>
internal static class ParameterReader
{
    private const string Prefix = "bert.";
    private const string Head = "classifier.";

    /// <summary>Reads every parameter; where there is no classifier head at all, a fresh one is initialised.</summary>
    /// <exception cref="CheckpointException">A tensor is missing, has another shape or type, or is one that the config has no place for.</exception>
    public static (BertParameters Parameters, bool HasFreshHead) Read(TensorFiles files, BertConfig config, int headSeed)
    {
        bool hasHead = files.Names.Any(name => name.StartsWith(Head, StringComparison.Ordinal));
        var expected = TensorShapes.Of(config).Where(tensor => hasHead || !tensor.Name.StartsWith(Head, StringComparison.Ordinal));
        var storedNames = expected.ToDictionary(tensor => tensor.Name, tensor => Find(files, tensor.Name, tensor.Shape));
        RefuseUnusedLayers(files, storedNames.Values);

        var parameters = new BertParameters(config);
        Parallel.ForEach(parameters.Tensors().Where(tensor => storedNames.ContainsKey(tensor.Name)), tensor =>
        {
            (SafetensorsFile file, TensorEntry entry) = files.Find(storedNames[tensor.Name]);
            file.Read(entry, tensor.Values);
        });
        if (!hasHead)
        {
            parameters.InitializeClassifier(headSeed);
        }

        return (parameters, !hasHead);
    }

    /// <summary>The stored name of a tensor, which has the shape and a type that can be read.</summary>
    private static string Find(TensorFiles files, string name, int[] shape)
    {
        string[] found = [.. Spellings(name).Where(files.Contains)];
        if (found.Length != 1)
        {
            string problem = found.Length == 0 ? "found none" : $"found it twice, as {string.Join(" and ", found)}";
            throw new CheckpointException($"{files.Path}: expected tensor {name} of shape {TensorEntry.Describe(shape)} by {ConfigFile.Name}, {problem}.");
        }

        (SafetensorsFile file, TensorEntry entry) = files.Find(found[0]);
        if (!TensorValues.IsSupported(entry.Type))
        {
            throw new CheckpointException($"{file.Path}: tensor {entry.Name}: expected type {TensorValues.SupportedTypes}, found {entry.Type}.");
        }

        if (!entry.Shape.SequenceEqual(shape.Select(dimension => (long)dimension)))
        {
            throw new CheckpointException(
                $"{file.Path}: tensor {entry.Name}: expected shape {TensorEntry.Describe(shape)} by {ConfigFile.Name}, found {TensorEntry.Describe(entry.Shape)}.");
        }

        return entry.Name;
    }

    /// <summary>The names that checkpoints have had for a tensor: without the prefix in a bare encoder, gamma and beta in those converted from TensorFlow.</summary>
    private static IEnumerable<string> Spellings(string name)
    {
        string legacy = name
            .Replace("LayerNorm.weight", "LayerNorm.gamma", StringComparison.Ordinal)
            .Replace("LayerNorm.bias", "LayerNorm.beta", StringComparison.Ordinal);
        string[] spellings = [name, legacy, Bare(name), Bare(legacy)];
        return spellings.Distinct();
    }

    /// <summary>
    /// Other tensors (a pretraining head, position_ids) mean nothing to a classifier and are left. A tensor of the encoder does:
    /// more layers than the config has, or an adapter, would compute something else.
    /// </summary>
    private static void RefuseUnusedLayers(TensorFiles files, IEnumerable<string> used)
    {
        string? unused = files.Names.Except(used).FirstOrDefault(name => Bare(name).StartsWith("encoder.", StringComparison.Ordinal));
        if (unused is not null)
        {
            throw new CheckpointException($"{files.Path}: expected only the encoder tensors that {ConfigFile.Name} describes, found {unused} besides.");
        }
    }

    private static string Bare(string name) => name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name;
}
