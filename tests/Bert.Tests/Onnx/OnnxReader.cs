using System.Runtime.InteropServices;
using System.Text;

namespace Endpoints.Bert.Tests.Onnx;

/// <summary>A node of a model that was read.</summary>
internal sealed record ReadNode(string Operation, string Domain, string[] Inputs, string[] Outputs, IReadOnlyDictionary<string, long[]> Integers);

/// <summary>A constant of a model that was read.</summary>
internal sealed record ReadTensor(long Type, long[] Shape, byte[] Values)
{
    public float[] Singles => MemoryMarshal.Cast<byte, float>(Values).ToArray();
}

/// <summary>An ONNX file, read straight from the format's field numbers and by nothing that wrote it.</summary>
internal sealed class OnnxReader
{
    public OnnxReader(string path)
    {
        foreach ((int field, long number, ReadOnlyMemory<byte> bytes) in Fields(File.ReadAllBytes(path)))
        {
            switch (field)
            {
                case 1: FormatVersion = number; break;
                case 7: ReadGraph(bytes); break;
                case 8: OperatorSets.Add(Text(bytes, 1), Number(bytes, 2)); break;
                case 14: Metadata.Add(Text(bytes, 1), Text(bytes, 2)); break;
            }
        }
    }

    public long FormatVersion { get; }

    public Dictionary<string, long> OperatorSets { get; } = [];

    public Dictionary<string, string> Metadata { get; } = [];

    public List<ReadNode> Nodes { get; } = [];

    public Dictionary<string, ReadTensor> Tensors { get; } = [];

    /// <summary>Element type and dimensions, numbers or names.</summary>
    public Dictionary<string, (long Type, string[] Shape)> Inputs { get; } = [];

    public Dictionary<string, (long Type, string[] Shape)> Outputs { get; } = [];

    private void ReadGraph(ReadOnlyMemory<byte> graph)
    {
        foreach ((int field, _, ReadOnlyMemory<byte> bytes) in Fields(graph))
        {
            switch (field)
            {
                case 1: Nodes.Add(Node(bytes)); break;
                case 5: Tensors.Add(Text(bytes, 8), new ReadTensor(Number(bytes, 2), Numbers(bytes, 1), Values(bytes, 9).Single().ToArray())); break;
                case 11: Inputs.Add(Text(bytes, 1), Shape(bytes)); break;
                case 12: Outputs.Add(Text(bytes, 1), Shape(bytes)); break;
            }
        }
    }

    private static ReadNode Node(ReadOnlyMemory<byte> node) => new(
        Text(node, 4), Text(node, 7), [.. Values(node, 1).Select(Utf8)], [.. Values(node, 2).Select(Utf8)],
        Values(node, 5).ToDictionary(attribute => Text(attribute, 1), attribute => (long[])[.. Numbers(attribute, 3), .. Numbers(attribute, 8)]));

    private static (long Type, string[] Shape) Shape(ReadOnlyMemory<byte> info)
    {
        ReadOnlyMemory<byte> tensor = Values(Values(info, 2).Single(), 1).Single();
        return (Number(tensor, 1), [.. Values(Values(tensor, 2).Single(), 1).Select(dimension =>
            Numbers(dimension, 1) is [long size] ? $"{size}" : Text(dimension, 2))]);
    }

    private static string Text(ReadOnlyMemory<byte> message, int field) => string.Concat(Values(message, field).Select(Utf8));

    private static string Utf8(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    private static long Number(ReadOnlyMemory<byte> message, int field) => Numbers(message, field).Single();

    private static long[] Numbers(ReadOnlyMemory<byte> message, int field) => [.. Fields(message).Where(one => one.Field == field).Select(one => one.Number)];

    private static IEnumerable<ReadOnlyMemory<byte>> Values(ReadOnlyMemory<byte> message, int field) =>
        Fields(message).Where(one => one.Field == field).Select(one => one.Bytes);

    private static IEnumerable<(int Field, long Number, ReadOnlyMemory<byte> Bytes)> Fields(ReadOnlyMemory<byte> message)
    {
        for (int at = 0; at < message.Length;)
        {
            ulong key = Varint(message, ref at);
            (int field, int kind) = ((int)(key >> 3), (int)(key & 7));
            long number = kind is 0 or 2 ? (long)Varint(message, ref at) : 0;
            int length = kind switch { 0 => 0, 2 => (int)number, 5 => 4, _ => throw new InvalidDataException($"Field {field} is stored in way {kind}.") };
            yield return (field, number, message.Slice(at, length));
            at += length;
        }
    }

    private static ulong Varint(ReadOnlyMemory<byte> message, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = message.Span[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
