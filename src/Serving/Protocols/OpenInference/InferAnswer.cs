using System.Globalization;
using System.Text.Json;
using Endpoints.Serving.Batching;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Invoke;

namespace Endpoints.Serving.Protocols.OpenInference;

/// <summary>Answers with a tensor for each output that was asked for, and the request's id.</summary>
internal sealed class InferAnswer(string? id, RequestedOutputs requested, string rowName) : AnswerForm
{
    /// <inheritdoc/>
    public override string NameOf(int row) => string.Create(CultureInfo.InvariantCulture, $"Row {row} of '{rowName}'");

    /// <inheritdoc/>
    public override void Write(AnswerBuffer answer, ServedEndpoint endpoint, PendingRequest request)
    {
        Utf8JsonWriter json = answer.Json;
        json.WriteStartObject();
        json.WriteString("model_name"u8, endpoint.EncodedName);
        json.WriteString("model_version"u8, endpoint.Version.ToString(CultureInfo.InvariantCulture));
        if (id is not null)
        {
            json.WriteString("id"u8, id);
        }

        float[] scores = ScoresOf(endpoint, request);
        json.WriteStartArray("outputs"u8);
        foreach (RequestedOutput output in requested.Outputs)
        {
            float[] values = output.Name == RequestedOutputs.Logits ? request.Logits : scores;
            if (output.Classes > 0)
            {
                WriteClasses(json, endpoint, output, request.RowCount, values);
            }
            else if (output.Name == RequestedOutputs.Label)
            {
                WriteLabels(json, endpoint, request);
            }
            else
            {
                WriteNumbers(json, output.Name, request.RowCount, endpoint.LabelCount, values);
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static float[] ScoresOf(ServedEndpoint endpoint, PendingRequest request)
    {
        var scores = new float[request.Logits.Length];
        for (int row = 0; row < request.RowCount; row++)
        {
            Scores.Softmax(request.LogitsOf(row), scores.AsSpan(row * endpoint.LabelCount), endpoint.TemperatureOf(request, row));
        }

        return scores;
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, int rows, int labels, float[] values)
    {
        WriteStart(json, name, "FP32"u8, rows, labels);
        foreach (float value in values)
        {
            json.WriteNumberValue(value);
        }

        WriteEnd(json);
    }

    private static void WriteLabels(Utf8JsonWriter json, ServedEndpoint endpoint, PendingRequest request)
    {
        WriteStart(json, RequestedOutputs.Label, "BYTES"u8, request.RowCount, columns: null);
        for (int row = 0; row < request.RowCount; row++)
        {
            json.WriteStringValue(endpoint.EncodedLabels[Best(request.LogitsOf(row))[0]]);
        }

        WriteEnd(json);
    }

    private static void WriteClasses(Utf8JsonWriter json, ServedEndpoint endpoint, RequestedOutput output, int rows, float[] values)
    {
        WriteStart(json, output.Name, "BYTES"u8, rows, output.Classes);
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> ofRow = values.AsSpan(row * endpoint.LabelCount, endpoint.LabelCount);
            foreach (int label in Best(ofRow).AsSpan(0, output.Classes))
            {
                json.WriteStringValue(string.Create(CultureInfo.InvariantCulture, $"{ofRow[label]}:{label}:{endpoint.Description.Labels[label]}"));
            }
        }

        WriteEnd(json);
    }

    // Labels, best first; equals in their order.
    private static int[] Best(ReadOnlySpan<float> values)
    {
        float[] copy = values.ToArray();
        return [.. Enumerable.Range(0, copy.Length).OrderByDescending(label => copy[label])];
    }

    private static void WriteStart(Utf8JsonWriter json, string name, ReadOnlySpan<byte> type, int rows, int? columns)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, name);
        json.WriteString("datatype"u8, type);
        json.WriteStartArray("shape"u8);
        json.WriteNumberValue(rows);
        if (columns is { } count)
        {
            json.WriteNumberValue(count);
        }

        json.WriteEndArray();
        json.WriteStartArray("data"u8);
    }

    private static void WriteEnd(Utf8JsonWriter json)
    {
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
