using System.Text.Json;
using Endpoints.Bert;
using Endpoints.Serving.Batching;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Invoke;

namespace Endpoints.Serving.Protocols.TextEmbeddings;

/// <summary>For each row every label with its score, best first; a batch is an array of these. A regression's value is the score of its one label.</summary>
internal sealed class PredictAnswer : AnswerForm
{
    private const int LabelsOnStack = 64;

    private static readonly PredictAnswer One = new(isBatch: false, isRaw: false);
    private static readonly PredictAnswer OneRaw = new(isBatch: false, isRaw: true);
    private static readonly PredictAnswer Batch = new(isBatch: true, isRaw: false);
    private static readonly PredictAnswer BatchRaw = new(isBatch: true, isRaw: true);

    private readonly bool _isBatch;
    private readonly bool _isRaw;

    private PredictAnswer(bool isBatch, bool isRaw) => (_isBatch, _isRaw) = (isBatch, isRaw);

    public static PredictAnswer Of(bool isBatch, bool isRaw) => isBatch ? isRaw ? BatchRaw : Batch : isRaw ? OneRaw : One;

    /// <inheritdoc/>
    public override string NameOf(int row) => _isBatch ? $"inputs[{row}]" : "inputs";

    /// <inheritdoc/>
    public override void Write(AnswerBuffer answer, ServedEndpoint endpoint, PendingRequest request)
    {
        if (!_isBatch)
        {
            WriteRow(answer.Json, endpoint, request, row: 0);
            return;
        }

        answer.Json.WriteStartArray();
        for (int row = 0; row < request.RowCount; row++)
        {
            WriteRow(answer.Json, endpoint, request, row);
        }

        answer.Json.WriteEndArray();
    }

    private void WriteRow(Utf8JsonWriter json, ServedEndpoint endpoint, PendingRequest request, int row)
    {
        ReadOnlySpan<float> logits = request.LogitsOf(row);
        int count = logits.Length;
        Span<float> scores = (count <= LabelsOnStack ? stackalloc float[LabelsOnStack] : new float[count])[..count];
        Span<int> labels = (count <= LabelsOnStack ? stackalloc int[LabelsOnStack] : new int[count])[..count];
        if (_isRaw || endpoint.ProblemType == ProblemType.Regression)
        {
            logits.CopyTo(scores);
        }
        else
        {
            Scores.Softmax(logits, scores, endpoint.TemperatureOf(request, row));
        }

        SortDescending(scores, labels);
        json.WriteStartArray();
        for (int i = 0; i < count; i++)
        {
            json.WriteStartObject();
            json.WriteNumber("score"u8, scores[i]);
            json.WriteString("label"u8, endpoint.EncodedLabels[labels[i]]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // By insertion: labels are few, and equal scores keep their labels' order.
    private static void SortDescending(Span<float> scores, Span<int> labels)
    {
        for (int i = 0; i < scores.Length; i++)
        {
            (float score, int at) = (scores[i], i);
            for (; at > 0 && scores[at - 1] < score; at--)
            {
                (scores[at], labels[at]) = (scores[at - 1], labels[at - 1]);
            }

            (scores[at], labels[at]) = (score, i);
        }
    }
}
