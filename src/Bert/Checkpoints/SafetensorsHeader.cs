using System.Text.Json;

namespace Endpoints.Bert.Checkpoints;

/// <summary>Where a tensor lies in a safetensors file.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Type">Its element type in the file's words, for example <c>F32</c>.</param>
/// <param name="Shape">Dimensions, outermost first.</param>
/// <param name="Begin">First byte, counted from the end of the header.</param>
/// <param name="End">One past the last byte.</param>
internal sealed record TensorEntry(string Name, string Type, long[] Shape, long Begin, long End)
{
    /// <summary>The shape as people write it: <c>[768, 3072]</c>.</summary>
    public static string Describe<T>(IEnumerable<T> shape) => $"[{string.Join(", ", shape)}]";
}

/// <summary>The JSON header of a safetensors file: a tensor's type, shape and bytes, by name. Everything that the format promises is checked.</summary>
internal static class SafetensorsHeader
{
    /// <summary>Reads a header that describes <paramref name="dataLength"/> bytes of tensors.</summary>
    public static IReadOnlyDictionary<string, TensorEntry> Parse(string path, ReadOnlyMemory<byte> json, long dataLength) =>
        JsonFile.Read($"{path}: header", json, header =>
        {
            var entries = new Dictionary<string, TensorEntry>();
            foreach (JsonProperty property in header.Element.EnumerateObject().Where(property => !property.NameEquals("__metadata__")))
            {
                entries.Add(property.Name, ParseEntry(path, property, dataLength));
            }

            CheckLayout(path, entries.Values, dataLength);
            return entries;
        });

    private static TensorEntry ParseEntry(string path, JsonProperty property, long dataLength)
    {
        string owner = $"{path}: tensor {property.Name}";
        if (property.Value.ValueKind != JsonValueKind.Object)
        {
            throw new CheckpointException($"{owner}: expected an object with dtype, shape and data_offsets, found {JsonFile.Describe(property.Value)}.");
        }

        var fields = new JsonFields(owner, property.Value);
        string type = fields.Text("dtype") ?? throw fields.Failure("dtype", "a string");
        long[] shape = fields.Integers("shape");
        if (fields.Integers("data_offsets") is not [long begin, long end] || begin > end)
        {
            throw fields.Failure("data_offsets", "a begin and an end that is not before it");
        }

        if (end > dataLength)
        {
            throw new CheckpointException($"{owner}: expected to end by byte {dataLength} of the data, where the file ends, found end {end}: the file is truncated.");
        }

        // As double: exact far beyond any file's length, and no shape overflows it.
        if (ElementSize(type) is { } size && shape.Aggregate((double)size, (product, dimension) => product * dimension) is var length && length != end - begin)
        {
            throw new CheckpointException($"{owner}: expected {length} bytes for {type} {TensorEntry.Describe(shape)}, found {end - begin}.");
        }

        return new TensorEntry(property.Name, type, shape, begin, end);
    }

    /// <summary>Tensors lie end to end and fill the data: no byte belongs to two, none to nobody.</summary>
    private static void CheckLayout(string path, IEnumerable<TensorEntry> entries, long dataLength)
    {
        TensorEntry? previous = null;
        foreach (TensorEntry entry in entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            long expected = previous?.End ?? 0;
            if (entry.Begin != expected)
            {
                string neighbour = previous is null ? "the data begins" : $"{previous.Name} ends";
                string problem = entry.Begin < expected ? "the two overlap" : "the bytes between belong to no tensor";
                throw new CheckpointException($"{path}: tensor {entry.Name}: expected to begin at byte {expected}, where {neighbour}, found {entry.Begin}: {problem}.");
            }

            previous = entry;
        }

        long end = previous?.End ?? 0;
        if (end != dataLength)
        {
            throw new CheckpointException($"{path}: expected {end} bytes of tensors by its header, found {dataLength}.");
        }
    }

    /// <summary>Bytes of one element; null for a type that is not known here, which is an error only for a tensor that is needed.</summary>
    private static int? ElementSize(string type) => type switch
    {
        "BOOL" or "U8" or "I8" or "F8_E4M3" or "F8_E5M2" => 1,
        "U16" or "I16" or "F16" or "BF16" => 2,
        "U32" or "I32" or "F32" => 4,
        "U64" or "I64" or "F64" => 8,
        _ => null,
    };
}
