using System.Buffers;
using System.Text.Json;
using Endpoints.Bert;
using Endpoints.Serving.Batching;
using Endpoints.Serving.Catalog;

namespace Endpoints.Serving.Invoke;

/// <summary>Writes an answer as JSON into a buffer of its thread.</summary>
internal sealed class AnswerWriter
{
    private const int LabelsOnStack = 64;

    [ThreadStatic]
    private static AnswerWriter? _ofThread;

    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Utf8JsonWriter _json;

    private AnswerWriter() => _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { SkipValidation = true });

    /// <summary>Writes a computed request's answer. The bytes are valid until the thread's next answer.</summary>
    public static ReadOnlySpan<byte> Write(ServedEndpoint endpoint, PendingRequest request, bool isMany)
    {
        AnswerWriter writer = _ofThread ??= new AnswerWriter();
        writer._buffer.ResetWrittenCount();
        writer._json.Reset();
        writer.WriteAnswer(endpoint, request, isMany);
        writer._json.Flush();
        return writer._buffer.WrittenSpan;
    }

    private void WriteAnswer(ServedEndpoint endpoint, PendingRequest request, bool isMany)
    {
        _json.WriteStartObject();
        if (isMany)
        {
            _json.WriteString("endpoint"u8, endpoint.EncodedName);
            _json.WriteStartArray("results"u8);
            for (int row = 0; row < request.RowCount; row++)
            {
                _json.WriteStartObject();
                WriteResult(endpoint, request, row);
                _json.WriteEndObject();
            }

            _json.WriteEndArray();
        }
        else
        {
            WriteResult(endpoint, request, row: 0);
            _json.WriteString("endpoint"u8, endpoint.EncodedName);
        }

        _json.WriteEndObject();
    }

    private void WriteResult(ServedEndpoint endpoint, PendingRequest request, int row)
    {
        ReadOnlySpan<float> logits = request.LogitsOf(row);
        if (endpoint.ProblemType == ProblemType.Regression)
        {
            _json.WriteNumber("value"u8, logits[0]);
        }
        else
        {
            WriteScores(endpoint, logits);
        }

        _json.WriteNumber("tokens"u8, request.RowAt(row).Ids.Length);
        if (request.RowAt(row).Truncated)
        {
            _json.WriteBoolean("truncated"u8, true);
        }
    }

    private void WriteScores(ServedEndpoint endpoint, ReadOnlySpan<float> logits)
    {
        Span<float> scores = logits.Length <= LabelsOnStack ? stackalloc float[LabelsOnStack] : new float[logits.Length];
        int best = Scores.Softmax(logits, scores, endpoint.Temperature);
        _json.WriteString("label"u8, endpoint.EncodedLabels[best]);
        _json.WriteNumber("score"u8, scores[best]);
        _json.WriteStartObject("scores"u8);
        for (int i = 0; i < logits.Length; i++)
        {
            _json.WriteNumber(endpoint.EncodedLabels[i], scores[i]);
        }

        _json.WriteEndObject();
    }
}
