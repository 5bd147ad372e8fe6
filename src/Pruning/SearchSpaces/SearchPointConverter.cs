using System.Buffers.Text;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Endpoints.Pruning.SearchSpaces;

/// <summary>
/// JSON of points. LARGE has 37,008 bits, a line of 74 kB as an array: so more than <see cref="MostAsArray"/> coordinates that are all 0 or 1 become a text of
/// their number and their bits, eight a byte and the first in the lowest bit, in base 64: 6 kB.
/// </summary>
internal sealed class SearchPointConverter : JsonConverter<SearchPoint>
{
    private const int MostAsArray = 64;
    private const string Expected = "A point is an array of integers, or a text COUNT:BITS with the bits in base 64.";

    public override SearchPoint Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.StartArray => ReadArray(ref reader),
        JsonTokenType.String => ReadBits(reader.GetString()!),
        _ => throw new JsonException(Expected),
    };

    public override void Write(Utf8JsonWriter writer, SearchPoint value, JsonSerializerOptions options)
    {
        if (value.Values.Length > MostAsArray && value.Values.All(coordinate => coordinate is 0 or 1))
        {
            writer.WriteStringValue(BitsOf(value.Values));
            return;
        }

        writer.WriteStartArray();
        foreach (int coordinate in value.Values)
        {
            writer.WriteNumberValue(coordinate);
        }

        writer.WriteEndArray();
    }

    private static SearchPoint ReadArray(ref Utf8JsonReader reader)
    {
        var values = ImmutableArray.CreateBuilder<int>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            values.Add(reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int value) ? value : throw new JsonException(Expected));
        }

        return new SearchPoint(values.ToImmutable());
    }

    private static string BitsOf(ImmutableArray<int> values)
    {
        byte[] bytes = new byte[(values.Length + 7) / 8];
        for (int i = 0; i < values.Length; i++)
        {
            bytes[i / 8] |= (byte)(values[i] << (i % 8));
        }

        return $"{values.Length.ToString(CultureInfo.InvariantCulture)}:{Base64Url.EncodeToString(bytes)}";
    }

    private static SearchPoint ReadBits(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0
            || !int.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            || !Base64Url.IsValid(text.AsSpan(colon + 1), out int length)
            || length != (count + 7L) / 8)
        {
            throw new JsonException(Expected);
        }

        byte[] bytes = Base64Url.DecodeFromChars(text.AsSpan(colon + 1));
        int[] values = new int[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = (bytes[i / 8] >> (i % 8)) & 1;
        }

        return new SearchPoint([.. values]);
    }
}
