using System.Text.Json;
using System.Text.Json.Serialization;
using Endpoints.LoadTest.Measuring;

namespace Endpoints.LoadTest.Results;

/// <summary>Histograms within a result file: one line of text each, so that results can be added up exactly.</summary>
internal sealed class HistogramText : JsonConverter<LatencyHistogram>
{
    public override LatencyHistogram Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return LatencyHistogram.Parse(reader.GetString() ?? "");
        }
        catch (FormatException exception)
        {
            throw new JsonException(exception.Message, exception);
        }
    }

    public override void Write(Utf8JsonWriter writer, LatencyHistogram value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToText());
}
