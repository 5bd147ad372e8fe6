using System.Buffers;
using System.Text.Json;

namespace Endpoints.Serving.Protocols;

/// <summary>Where answers are written: a buffer of its thread, used again and again.</summary>
internal sealed class AnswerBuffer
{
    [ThreadStatic]
    private static AnswerBuffer? _ofThread;

    private readonly ArrayBufferWriter<byte> _bytes = new(1024);

    private AnswerBuffer() => Json = new Utf8JsonWriter(_bytes, new JsonWriterOptions { SkipValidation = true });

    /// <summary>For answers in JSON.</summary>
    public Utf8JsonWriter Json { get; }

    /// <summary>For answers that are not JSON.</summary>
    public IBufferWriter<byte> Bytes => _bytes;

    /// <summary>The thread's buffer, empty.</summary>
    public static AnswerBuffer OfThread()
    {
        AnswerBuffer buffer = _ofThread ??= new AnswerBuffer();
        buffer._bytes.ResetWrittenCount();
        buffer.Json.Reset();
        return buffer;
    }

    /// <summary>What was written; valid until the thread's next answer.</summary>
    public ReadOnlySpan<byte> Finish()
    {
        Json.Flush();
        return _bytes.WrittenSpan;
    }
}
