using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace Endpoints.Bert.Checkpoints;

/// <summary>Writes tensors as a safetensors file, in the order given.</summary>
internal static class SafetensorsWriter
{
    /// <summary>Linear weights are (outputs × inputs), as PyTorch has them.</summary>
    public const string PyTorchFormat = "pt";

    /// <summary>Writes beside <paramref name="path"/>, flushes to the disk, then renames: whoever finds the file finds all of it.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="tensors">What to write.</param>
    /// <param name="format">Whose layout the tensors have, for other programs: they read <see cref="PyTorchFormat"/> and refuse a word that they do not know.</param>
    /// <exception cref="ArgumentException">Two tensors share a name.</exception>
    public static void Write(string path, IEnumerable<StoredTensor> tensors, string format = PyTorchFormat)
    {
        StoredTensor[] all = [.. tensors];
        byte[] prefixAndHeader = Header(all, format);
        string temporary = $"{path}.{Path.GetRandomFileName()}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                stream.Write(prefixAndHeader);
                foreach (StoredTensor tensor in all)
                {
                    tensor.WriteTo(stream);
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

    private static byte[] Header(StoredTensor[] tensors, string format)
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write(new byte[SafetensorsFile.PrefixBytes]);
        using (var json = new Utf8JsonWriter(buffer))
        {
            WriteHeader(json, tensors, format);
        }

        // Spaces up to a multiple of 8, so that the values are aligned.
        buffer.Write("       "u8[..(-buffer.WrittenCount & 7)]);
        byte[] bytes = buffer.WrittenSpan.ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)(bytes.Length - SafetensorsFile.PrefixBytes));
        return bytes;
    }

    private static void WriteHeader(Utf8JsonWriter json, StoredTensor[] tensors, string format)
    {
        json.WriteStartObject();

        // transformers refuses a file that does not say which framework's layout its tensors have.
        json.WriteStartObject("__metadata__");
        json.WriteString("format", format);
        json.WriteEndObject();
        long offset = 0;
        var names = new HashSet<string>();
        foreach (StoredTensor tensor in tensors)
        {
            if (!names.Add(tensor.Name))
            {
                throw new ArgumentException($"Two tensors are named {tensor.Name}.", nameof(tensors));
            }

            json.WriteStartObject(tensor.Name);
            json.WriteString("dtype", tensor.Type);
            WriteArray(json, "shape", [.. tensor.Shape]);
            WriteArray(json, "data_offsets", [offset, offset += tensor.Bytes]);
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
