namespace Endpoints.Bert.Onnx;

/// <summary>Writes a graph as an ONNX file.</summary>
internal static class OnnxFile
{
    /// <summary>Of the standard operators: the first with LayerNormalization.</summary>
    public const int OperatorSet = 17;

    /// <summary>Of the file format: the one that came with that operator set.</summary>
    private const int FormatVersion = 8;

    private const int BufferBytes = 1 << 16;

    /// <summary>Writes beside <paramref name="path"/>, flushes to the disk, then renames: whoever finds the file finds all of it.</summary>
    /// <returns>Bytes of the file.</returns>
    /// <exception cref="NotSupportedException">The file would be larger than a protocol-buffers message can be.</exception>
    public static long Write(string path, OnnxGraph graph, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        const int graphField = 7;
        long graphLength = graph.Length();
        ProtobufMessage start = Model(metadata).BytesFollow(graphField, graphLength);
        long length = start.Written.Length + graphLength;
        if (length > int.MaxValue)
        {
            throw new NotSupportedException(
                $"{path}: expected a model of at most 2.1 GB, which is all that one ONNX file can hold, found {length / 1e9:F1} GB; export a smaller sub-network or int8.");
        }

        string temporary = $"{path}.{Path.GetRandomFileName()}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes))
            {
                stream.Write(start.Written);
                graph.WriteTo(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }

        return length;
    }

    /// <summary>All of the model's message but the graph, which follows it.</summary>
    private static ProtobufMessage Model(IEnumerable<KeyValuePair<string, string>> metadata)
    {
        const int format = 1, producer = 2, producerVersion = 3, operatorSet = 8, property = 14;
        ProtobufMessage model = new ProtobufMessage()
            .Integer(format, FormatVersion)
            .Text(producer, "Endpoints")
            .Text(producerVersion, $"{typeof(OnnxFile).Assembly.GetName().Version?.ToString(3)}")
            .Message(operatorSet, new ProtobufMessage().Text(1, "").Integer(2, OperatorSet));
        foreach ((string key, string value) in metadata)
        {
            model.Message(property, new ProtobufMessage().Text(1, key).Text(2, value));
        }

        return model;
    }
}
