using System.Globalization;
using System.Text.Json;
using Endpoints.Serving.Batching;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Protocols.Pairs;

namespace Endpoints.Serving.Protocols.OpenInference;

/// <summary>Answers with <c>predictions</c>, in the order of the instances.</summary>
internal sealed class PredictionsAnswer : AnswerForm
{
    public static readonly PredictionsAnswer Instance = new();

    /// <inheritdoc/>
    public override string NameOf(int row) => string.Create(CultureInfo.InvariantCulture, $"instances[{row}]");

    /// <inheritdoc/>
    public override void Write(AnswerBuffer answer, ServedEndpoint endpoint, PendingRequest request)
    {
        Utf8JsonWriter json = answer.Json;
        json.WriteStartObject();
        json.WriteStartArray("predictions"u8);
        for (int row = 0; row < request.RowCount; row++)
        {
            json.WriteStartObject();
            PairsAnswer.WriteResult(json, endpoint, request, row);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
