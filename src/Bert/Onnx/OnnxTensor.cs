using System.Runtime.InteropServices;

namespace Endpoints.Bert.Onnx;

/// <summary>Element types, by ONNX's own numbers.</summary>
internal enum OnnxType
{
    Float32 = 1,
    Int8 = 3,
    Int64 = 7,
}

/// <summary>A constant tensor of a graph. Its values are written to the file when it is their turn and are never held twice.</summary>
/// <param name="Name">Unique in the graph.</param>
/// <param name="Type">Of the elements.</param>
/// <param name="Shape">Dimensions, outermost first; none for a scalar.</param>
/// <param name="WriteValues">Writes all elements, little-endian, last dimension fastest.</param>
internal sealed record OnnxTensor(string Name, OnnxType Type, long[] Shape, Action<Stream> WriteValues)
{
    private const int DimensionField = 1, TypeField = 2, NameField = 8, ValuesField = 9;

    // In pieces, because a span of bytes is shorter than an array of floats may be.
    private const int PieceLength = 1 << 24;

    /// <summary>Bytes of all values.</summary>
    public long ValueBytes => Shape.Aggregate(ElementBytes, (product, dimension) => product * dimension);

    private long ElementBytes => Type switch
    {
        OnnxType.Float32 => sizeof(float),
        OnnxType.Int64 => sizeof(long),
        _ => sizeof(sbyte),
    };

    public static OnnxTensor Of(string name, int[] shape, float[] values) =>
        new(name, OnnxType.Float32, [.. shape.Select(dimension => (long)dimension)], stream => Write(stream, values));

    public static OnnxTensor Of(string name, long[] values) =>
        new(name, OnnxType.Int64, [values.Length], stream => stream.Write(MemoryMarshal.AsBytes<long>(values)));

    public static OnnxTensor Scalar(string name, float value) =>
        new(name, OnnxType.Float32, [], stream => stream.Write(MemoryMarshal.AsBytes<float>([value])));

    public static OnnxTensor Scalar(string name, long value) =>
        new(name, OnnxType.Int64, [], stream => stream.Write(MemoryMarshal.AsBytes<long>([value])));

    /// <summary>All of the tensor's message but the values, which follow it.</summary>
    public ProtobufMessage Header() => new ProtobufMessage()
        .Integers(DimensionField, Shape)
        .Integer(TypeField, (long)Type)
        .Text(NameField, Name)
        .BytesFollow(ValuesField, ValueBytes);

    private static void Write(Stream stream, ReadOnlySpan<float> values)
    {
        for (; values.Length > PieceLength; values = values[PieceLength..])
        {
            stream.Write(MemoryMarshal.AsBytes(values[..PieceLength]));
        }

        stream.Write(MemoryMarshal.AsBytes(values));
    }
}
