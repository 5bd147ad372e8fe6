using System.Text.Json;
using Endpoints.LoadTest.Users;

namespace Endpoints.LoadTest.References;

/// <summary>
/// Reads the scores in an answer's JSON: an object of labels and numbers (<c>{"yes": 0.9, "no": 0.1}</c>), numbers in the order of the labels
/// (<c>[0.9, 0.1]</c>), entries with <c>label</c> and <c>score</c> in any order, or one number.
/// </summary>
internal sealed class AnswerScores(string path)
{
    private readonly AnswerPath _path = new(path);

    /// <summary>Where it stands in the JSON.</summary>
    public string Path => _path.Text;

    /// <summary>The scores of an answer, to be a reference; null when it has none at the path.</summary>
    public ReferenceScores? Read(ReadOnlySpan<byte> body)
    {
        var json = new Utf8JsonReader(body);
        try
        {
            return _path.TrySeek(ref json) ? ReferenceScores.From(JsonElement.ParseValue(ref json)) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The largest difference between an answer's scores and the reference; null when it has not the same scores. Nothing is allocated.</summary>
    public double? Difference(ReadOnlySpan<byte> body, ReferenceScores reference)
    {
        var json = new Utf8JsonReader(body);
        try
        {
            return !_path.TrySeek(ref json) ? null : json.TokenType switch
            {
                JsonTokenType.StartObject => OfObject(ref json, reference),
                JsonTokenType.StartArray => OfArray(ref json, reference),
                JsonTokenType.Number when reference.Values.Length == 1 => Math.Abs(json.GetDouble() - reference.Values[0]),
                _ => null,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static double? OfObject(ref Utf8JsonReader json, ReferenceScores reference)
    {
        double worst = 0;
        int count = 0;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            int at = reference.IndexOf(ref json, count++);
            if (!json.Read() || json.TokenType != JsonTokenType.Number || at < 0)
            {
                return null;
            }

            worst = Math.Max(worst, Math.Abs(json.GetDouble() - reference.Values[at]));
        }

        return count == reference.Values.Length ? worst : null;
    }

    private static double? OfArray(ref Utf8JsonReader json, ReferenceScores reference)
    {
        double worst = 0;
        int count = 0;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            int at = count++;
            double value = 0;
            bool isRead = json.TokenType switch
            {
                JsonTokenType.Number => json.TryGetDouble(out value),
                JsonTokenType.StartObject => TryReadEntry(ref json, reference, ref at, out value),
                _ => false,
            };
            if (!isRead || at < 0 || at >= reference.Values.Length)
            {
                return null;
            }

            worst = Math.Max(worst, Math.Abs(value - reference.Values[at]));
        }

        return count == reference.Values.Length ? worst : null;
    }

    /// <summary>Reads <c>{"label": "yes", "score": 0.9}</c>; other fields are passed over.</summary>
    private static bool TryReadEntry(ref Utf8JsonReader json, ReferenceScores reference, ref int at, out double value)
    {
        bool hasScore = false;
        value = 0;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            bool isScore = json.ValueTextEquals("score"u8), isLabel = json.ValueTextEquals("label"u8);
            json.Read();
            if (isScore && json.TokenType == JsonTokenType.Number)
            {
                hasScore = json.TryGetDouble(out value);
            }
            else if (isLabel && json.TokenType == JsonTokenType.String)
            {
                at = reference.IndexOf(ref json, at);
            }
            else
            {
                json.Skip();
            }
        }

        return hasScore;
    }
}
