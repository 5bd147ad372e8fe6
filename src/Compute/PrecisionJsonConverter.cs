using System.Text.Json;
using System.Text.Json.Serialization;

namespace Endpoints.Compute;

/// <summary>Writes a <see cref="Precision"/> by its <see cref="PrecisionName"/>.</summary>
public sealed class PrecisionJsonConverter : JsonConverter<Precision>
{
    /// <inheritdoc/>
    public override Precision Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && PrecisionName.TryParse(reader.GetString(), out Precision precision)
            ? precision
            : throw new JsonException($"A precision is expected: {PrecisionName.All}.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Precision value, JsonSerializerOptions options) => writer.WriteStringValue(PrecisionName.Of(value));
}
