using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Endpoints.Bert.Onnx;

/// <summary>A protocol-buffers message under construction, in memory: fields are appended in the order of the calls.</summary>
/// <remarks>
/// On the wire a field is a key (its number times 8, plus how its value is stored) and the value: a varint (0), a length and as many bytes (2),
/// or four bytes (5). A varint has seven bits a byte, lowest first, the top bit set on all bytes but the last.
/// </remarks>
internal sealed class ProtobufMessage
{
    private const int VarintKind = 0, BytesKind = 2, Fixed32Kind = 5;
    private const int LongestVarint = 10;

    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>The message so far.</summary>
    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    /// <summary>Appends an integer; a negative one takes ten bytes.</summary>
    public ProtobufMessage Integer(int field, long value)
    {
        Key(field, VarintKind);
        Varint((ulong)value);
        return this;
    }

    /// <summary>Appends one integer field for each value, as proto2 does for repeated fields.</summary>
    public ProtobufMessage Integers(int field, ReadOnlySpan<long> values)
    {
        foreach (long value in values)
        {
            Integer(field, value);
        }

        return this;
    }

    public ProtobufMessage Single(int field, float value)
    {
        Key(field, Fixed32Kind);
        BinaryPrimitives.WriteSingleLittleEndian(_buffer.GetSpan(sizeof(float)), value);
        _buffer.Advance(sizeof(float));
        return this;
    }

    public ProtobufMessage Text(int field, string value)
    {
        BytesFollow(field, Encoding.UTF8.GetByteCount(value));
        Encoding.UTF8.GetBytes(value, _buffer);
        return this;
    }

    public ProtobufMessage Message(int field, ProtobufMessage value) => BytesFollow(field, value.Written.Length).Append(value);

    /// <summary>Appends another message's fields to this one's.</summary>
    public ProtobufMessage Append(ProtobufMessage fields)
    {
        _buffer.Write(fields.Written);
        return this;
    }

    /// <summary>Announces a value of <paramref name="length"/> bytes that the caller writes behind this message.</summary>
    public ProtobufMessage BytesFollow(int field, long length)
    {
        Key(field, BytesKind);
        Varint((ulong)length);
        return this;
    }

    private void Key(int field, int kind) => Varint((ulong)((field << 3) | kind));

    private void Varint(ulong value)
    {
        Span<byte> bytes = _buffer.GetSpan(LongestVarint);
        int count = 0;
        for (; value >= 0x80; value >>= 7)
        {
            bytes[count++] = (byte)(value | 0x80);
        }

        bytes[count++] = (byte)value;
        _buffer.Advance(count);
    }
}
