using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Endpoints.Bert.Checkpoints;

/// <summary>Writes float32 tensors as a safetensors file, in the order given.</summary>
internal static class SafetensorsWriter
{
    /// <summary>Writes beside <paramref name="path"/>, flushes to the disk, then renames: whoever finds the file finds all of it.</summary>
    /// <exception cref="ArgumentException">A tensor's values do not fit its shape, or two share a name.</exception>
    public static void Write(string path, IEnumerable<NamedTensor> tensors)
    {
        NamedTensor[] all = [.. tensors];
        byte[] prefixAndHeader = Header(all);
        string temporary = $"{path}.{Path.GetRandomFileName()}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                stream.Write(prefixAndHeader);
                foreach (NamedTensor tensor in all)
                {
                    Write(stream, tensor.Values);
                }

                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static void Write(FileStream stream, ReadOnlySpan<float> values)
    {
        // In pieces, because a span of bytes is shorter than an array of floats may be.
        const int Piece = 1 << 24;
        for (; values.Length > Piece; values = values[Piece..])
        {
            stream.Write(MemoryMarshal.AsBytes(values[..Piece]));
        }

        stream.Write(MemoryMarshal.AsBytes(values));
    }

    private static byte[] Header(NamedTensor[] tensors)
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write(new byte[SafetensorsFile.PrefixBytes]);
        using (var json = new Utf8JsonWriter(buffer))
        {
            WriteHeader(json, tensors);
        }

        // Spaces up to a multiple of 8, so that the values are aligned.
        buffer.Write("       "u8[..(-buffer.WrittenCount & 7)]);
        byte[] bytes = buffer.WrittenSpan.ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)(bytes.Length - SafetensorsFile.PrefixBytes));
        return bytes;
    }

    private static void WriteHeader(Utf8JsonWriter json, NamedTensor[] tensors)
    {
        json.WriteStartObject();

        // transformers refuses a file that does not say which framework's layout its tensors have.
        json.WriteStartObject("__metadata__");
        json.WriteString("format", "pt");
        json.WriteEndObject();
        long offset = 0;
        var names = new HashSet<string>();
        foreach ((string name, int[] shape, float[] values) in tensors)
        {
            if (!names.Add(name) || shape.Aggregate(1L, (product, dimension) => product * dimension) != values.Length)
            {
                throw new ArgumentException(
                    $"Tensor {name} of shape {TensorEntry.Describe(shape)} has {values.Length} values, or a name that was used before.", nameof(tensors));
            }

            json.WriteStartObject(name);
            json.WriteString("dtype", "F32");
            WriteArray(json, "shape", [.. shape]);
            WriteArray(json, "data_offsets", [offset, offset += (long)values.Length * sizeof(float)]);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteArray(Utf8JsonWriter json, string name, ReadOnlySpan<long> values)
    {
        json.WriteStartArray(name);
        foreach (long value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }
}
