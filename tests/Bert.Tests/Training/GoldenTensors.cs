using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Endpoints.Bert.Tests.Training;

/// <summary>Reads a golden safetensors file from the format's own description, independently of the product's reader.</summary>
internal sealed class GoldenTensors
{
    private readonly byte[] _data;
    private readonly Dictionary<string, (string Type, int Start, int End)> _tensors = [];

    public GoldenTensors(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        int headerLength = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(file));
        _data = file[(8 + headerLength)..];
        using JsonDocument header = JsonDocument.Parse(file.AsMemory(8, headerLength));
        foreach (JsonProperty tensor in header.RootElement.EnumerateObject().Where(property => property.Name != "__metadata__"))
        {
            JsonElement offsets = tensor.Value.GetProperty("data_offsets");
            _tensors[tensor.Name] = (tensor.Value.GetProperty("dtype").GetString()!, offsets[0].GetInt32(), offsets[1].GetInt32());
        }
    }

    public IEnumerable<string> Names => _tensors.Keys;

    public double[] this[string name]
    {
        get
        {
            (string type, int start, int end) = _tensors[name];
            ReadOnlySpan<byte> bytes = _data.AsSpan(start..end);
            return type switch
            {
                "F64" => MemoryMarshal.Cast<byte, double>(bytes).ToArray(),
                "F32" => [.. MemoryMarshal.Cast<byte, float>(bytes).ToArray().Select(value => (double)value)],
                "I64" => [.. MemoryMarshal.Cast<byte, long>(bytes).ToArray().Select(value => (double)value)],
                _ => throw new NotSupportedException($"{name} has type {type}."),
            };
        }
    }
}
