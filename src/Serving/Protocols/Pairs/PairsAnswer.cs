using System.Text.Json;
using Endpoints.Bert;
using Endpoints.Serving.Batching;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Invoke;

namespace Endpoints.Serving.Protocols.Pairs;

/// <summary>Answers a single input with one result, and <c>pairs</c> with <c>results</c>.</summary>
internal sealed class PairsAnswer : AnswerForm
{
    public static readonly PairsAnswer One = new(isMany: false);
    public static readonly PairsAnswer Many = new(isMany: true);

    private const int LabelsOnStack = 64;

    private readonly bool _isMany;

    private PairsAnswer(bool isMany) => _isMany = isMany;

    /// <inheritdoc/>
    public override string NameOf(int row) => _isMany ? $"pairs[{row}]" : "The input";

    /// <inheritdoc/>
    public override void Write(AnswerBuffer answer, ServedEndpoint endpoint, PendingRequest request)
    {
        Utf8JsonWriter json = answer.Json;
        json.WriteStartObject();
        if (_isMany)
        {
            json.WriteString("endpoint"u8, endpoint.EncodedName);
            json.WriteStartArray("results"u8);
            for (int row = 0; row < request.RowCount; row++)
            {
                json.WriteStartObject();
                WriteResult(json, endpoint, request, row);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }
        else
        {
            WriteResult(json, endpoint, request, row: 0);
            json.WriteString("endpoint"u8, endpoint.EncodedName);
        }

        json.WriteEndObject();
    }

    /// <summary>Writes the fields of one row's result.</summary>
    public static void WriteResult(Utf8JsonWriter json, ServedEndpoint endpoint, PendingRequest request, int row)
    {
        ReadOnlySpan<float> logits = request.LogitsOf(row);
        if (endpoint.ProblemType == ProblemType.Regression)
        {
            json.WriteNumber("value"u8, logits[0]);
        }
        else
        {
            WriteScores(json, endpoint, logits, endpoint.TemperatureOf(request, row));
        }

        json.WriteNumber("tokens"u8, request.RowAt(row).Ids.Length);
        if (request.RowAt(row).Truncated)
        {
            json.WriteBoolean("truncated"u8, true);
        }

        if (endpoint.Cascade is { } cascade)
        {
            json.WriteString("answered_by"u8, cascade.EncodedNameOf(request, row));
        }
    }

    private static void WriteScores(Utf8JsonWriter json, ServedEndpoint endpoint, ReadOnlySpan<float> logits, double temperature)
    {
        Span<float> scores = logits.Length <= LabelsOnStack ? stackalloc float[LabelsOnStack] : new float[logits.Length];
        int best = Scores.Softmax(logits, scores, temperature);
        json.WriteString("label"u8, endpoint.EncodedLabels[best]);
        json.WriteNumber("score"u8, scores[best]);
        json.WriteStartObject("scores"u8);
        for (int i = 0; i < logits.Length; i++)
        {
            json.WriteNumber(endpoint.EncodedLabels[i], scores[i]);
        }

        json.WriteEndObject();
    }
}
