using System.Runtime.InteropServices;
using Endpoints.Bert.Checkpoints;

namespace Endpoints.Bert.Tests.Reference;

/// <summary>A safetensors file of expected values, in whatever element type, as arrays.</summary>
internal sealed class TensorBundle : IDisposable
{
    private readonly SafetensorsFile _file;

    public TensorBundle(string path) => _file = SafetensorsFile.Open(path);

    public IEnumerable<string> Names => _file.Tensors.Keys;

    public int[] Shape(string name) => [.. _file.Tensors[name].Shape.Select(dimension => (int)dimension)];

    /// <summary>Values as double; F64, F32 and I64 are.</summary>
    public double[] Doubles(string name)
    {
        TensorEntry entry = _file.Tensors[name];
        ReadOnlySpan<byte> bytes = _file.Bytes(entry);
        return entry.Type switch
        {
            "F64" => MemoryMarshal.Cast<byte, double>(bytes).ToArray(),
            "F32" => [.. MemoryMarshal.Cast<byte, float>(bytes).ToArray().Select(value => (double)value)],
            "I64" => [.. MemoryMarshal.Cast<byte, long>(bytes).ToArray().Select(value => (double)value)],
            _ => throw new NotSupportedException($"{name} has type {entry.Type}."),
        };
    }

    /// <summary>Values as int, for ids and lengths.</summary>
    public int[] Integers(string name) => [.. Doubles(name).Select(value => checked((int)value))];

    public void Dispose() => _file.Dispose();
}
