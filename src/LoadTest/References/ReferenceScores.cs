using System.Text;
using System.Text.Json;

namespace Endpoints.LoadTest.References;

/// <summary>The numbers that the answer to a pair should hold.</summary>
/// <param name="Names">Label of each, in UTF-8; null when they are told apart by their order.</param>
/// <param name="Values">The numbers, at least one.</param>
internal sealed record ReferenceScores(byte[][]? Names, double[] Values)
{
    /// <summary>Reads the forms that answers have; null when it is none of them.</summary>
    public static ReferenceScores? From(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Number => new ReferenceScores(null, [json.GetDouble()]),
        JsonValueKind.Object => Named([.. json.EnumerateObject().Select(each => (each.Name, each.Value))]),
        JsonValueKind.Array when json.EnumerateArray().All(each => each.ValueKind == JsonValueKind.Number) && json.GetArrayLength() > 0 =>
            new ReferenceScores(null, [.. json.EnumerateArray().Select(each => each.GetDouble())]),
        JsonValueKind.Array when json.EnumerateArray().All(IsEntry) => Named([.. json.EnumerateArray().Select(each => (each.GetProperty("label").GetString()!, each.GetProperty("score")))]),
        _ => null,
    };

    /// <summary>Place of the score whose label the reader stands at; the given place when scores have no labels, -1 when there is none.</summary>
    public int IndexOf(ref Utf8JsonReader json, int place)
    {
        if (Names is null)
        {
            return place < Values.Length ? place : -1;
        }

        for (int i = 0; i < Names.Length; i++)
        {
            if (json.ValueTextEquals(Names[i]))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Writes the scores in the form that <see cref="From"/> reads.</summary>
    public void Write(Utf8JsonWriter json)
    {
        if (Names is null)
        {
            json.WriteStartArray();
            foreach (double value in Values)
            {
                json.WriteNumberValue(value);
            }

            json.WriteEndArray();
            return;
        }

        json.WriteStartObject();
        foreach ((byte[] name, double value) in Names.Zip(Values))
        {
            json.WriteNumber(name, value);
        }

        json.WriteEndObject();
    }

    private static bool IsEntry(JsonElement json) => json.ValueKind == JsonValueKind.Object
        && json.TryGetProperty("label", out JsonElement label) && label.ValueKind == JsonValueKind.String && json.TryGetProperty("score", out _);

    private static ReferenceScores? Named((string Name, JsonElement Value)[] scores) => scores.Length > 0 && scores.All(score => score.Value.ValueKind == JsonValueKind.Number)
        ? new ReferenceScores([.. scores.Select(score => Encoding.UTF8.GetBytes(score.Name))], [.. scores.Select(score => score.Value.GetDouble())])
        : null;
}
