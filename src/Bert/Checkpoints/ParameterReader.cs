using System.Globalization;
using System.Runtime.InteropServices;
using Endpoints.Compute.Quantization;

namespace Endpoints.Bert.Checkpoints;

/// <summary>Finds a config's tensors among those of a checkpoint, checks them all, and only then reads them.</summary>
internal static class ParameterReader
{
    /// <summary>Reads every parameter; where there is no classification head at all, a fresh one is initialised.</summary>
    /// <param name="files">The folder's tensors.</param>
    /// <param name="config">The shape.</param>
    /// <param name="isInt8">The encoder's linear weights are stored in int8, with their scales.</param>
    /// <param name="headSeed">Of a fresh head.</param>
    /// <exception cref="CheckpointException">A tensor is missing, has another shape or type, or is one that the config has no place for.</exception>
    public static (BertParameters Parameters, bool HasFreshHead) Read(TensorFiles files, BertConfig config, bool isInt8, int headSeed)
    {
        string prefix = TensorNames.Of(config.Architecture).Encoder + ".";
        bool hasHead = files.Names.Any(name => name.StartsWith(TensorNames.Head, StringComparison.Ordinal));
        bool IsQuantized(string name) => isInt8 && QuantizedWeight.Is(name);
        var storedNames = TensorShapes.Of(config)
            .Where(tensor => hasHead || !tensor.Name.StartsWith(TensorNames.Head, StringComparison.Ordinal))
            .ToDictionary(
                tensor => tensor.Name,
                tensor => IsQuantized(tensor.Name) ? FindQuantized(files, tensor.Name, tensor.Shape) : Find(files, tensor.Name, tensor.Shape, Spellings(tensor.Name, prefix), TensorValues.SupportedTypes));
        RefuseUnusedLayers(files, storedNames.Values.Concat(storedNames.Keys.Where(IsQuantized).Select(QuantizedWeight.ScaleName)), prefix);

        var parameters = new BertParameters(config);
        Parallel.ForEach(parameters.Tensors().Where(tensor => storedNames.ContainsKey(tensor.Name)), tensor =>
        {
            (SafetensorsFile file, TensorEntry entry) = files.Find(storedNames[tensor.Name]);
            if (IsQuantized(tensor.Name))
            {
                QuantizedWeight.Dequantize(MemoryMarshal.Cast<byte, sbyte>(file.Bytes(entry)), ReadScales(files, tensor.Name), tensor.Values);
            }
            else
            {
                file.Read(entry, tensor.Values);
            }
        });
        if (!hasHead)
        {
            parameters.InitializeClassifier(headSeed);
        }

        return (parameters, !hasHead);
    }

    /// <summary>The name of an int8 weight, whose scales are there and can be used.</summary>
    private static string FindQuantized(TensorFiles files, string name, int[] shape)
    {
        Find(files, name, shape, [name], [QuantizedWeight.ValueType]);
        string scale = QuantizedWeight.ScaleName(name);
        Find(files, scale, shape[..1], [scale], [QuantizedWeight.ScaleType]);
        float[] scales = ReadScales(files, name);
        int wrong = Array.FindIndex(scales, value => !(value >= 0 && float.IsFinite(value * ChannelQuantizer.Largest)));
        return wrong < 0 ? name : throw new CheckpointException(string.Create(
            CultureInfo.InvariantCulture, $"{files.Find(scale).File.Path}: tensor {scale}: expected finite scales from 0, found {scales[wrong]} at {wrong}."));
    }

    private static float[] ReadScales(TensorFiles files, string name)
    {
        (SafetensorsFile file, TensorEntry entry) = files.Find(QuantizedWeight.ScaleName(name));
        var scales = new float[entry.Shape[0]];
        file.Read(entry, scales);
        return scales;
    }

    /// <summary>The stored name of a tensor, which has the shape and one of the types.</summary>
    internal static string Find(TensorFiles files, string name, int[] shape, IEnumerable<string> spellings, IReadOnlyList<string> types)
    {
        string[] found = [.. spellings.Where(files.Contains)];
        if (found.Length != 1)
        {
            string problem = found.Length == 0 ? "found none" : $"found it twice, as {string.Join(" and ", found)}";
            throw new CheckpointException($"{files.Path}: expected tensor {name} of shape {TensorEntry.Describe(shape)} by {ConfigFile.Name}, {problem}.");
        }

        (SafetensorsFile file, TensorEntry entry) = files.Find(found[0]);
        if (!types.Contains(entry.Type))
        {
            throw new CheckpointException($"{file.Path}: tensor {entry.Name}: expected type {TensorValues.Describe(types)}, found {entry.Type}.");
        }

        if (!entry.Shape.SequenceEqual(shape.Select(dimension => (long)dimension)))
        {
            throw new CheckpointException(
                $"{file.Path}: tensor {entry.Name}: expected shape {TensorEntry.Describe(shape)} by {ConfigFile.Name}, found {TensorEntry.Describe(entry.Shape)}.");
        }

        return entry.Name;
    }

    /// <summary>The names that checkpoints have had for a tensor: without the prefix in a bare encoder, gamma and beta in those converted from TensorFlow.</summary>
    private static IEnumerable<string> Spellings(string name, string prefix)
    {
        string legacy = name
            .Replace("LayerNorm.weight", "LayerNorm.gamma", StringComparison.Ordinal)
            .Replace("LayerNorm.bias", "LayerNorm.beta", StringComparison.Ordinal);
        string[] spellings = [name, legacy, Bare(name, prefix), Bare(legacy, prefix)];
        return spellings.Distinct();
    }

    /// <summary>
    /// Other tensors (a pretraining head, position_ids) mean nothing to a classifier and are left. A tensor of the encoder does:
    /// more layers than the config has, or an adapter, would compute something else.
    /// </summary>
    private static void RefuseUnusedLayers(TensorFiles files, IEnumerable<string> used, string prefix)
    {
        string? unused = files.Names.Except(used).FirstOrDefault(name => Bare(name, prefix).StartsWith("encoder.", StringComparison.Ordinal));
        if (unused is not null)
        {
            throw new CheckpointException($"{files.Path}: expected only the encoder tensors that {ConfigFile.Name} describes, found {unused} besides.");
        }
    }

    private static string Bare(string name, string prefix) => name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name;
}
