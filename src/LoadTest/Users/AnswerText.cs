using System.Text;
using System.Text.Json;

namespace Endpoints.LoadTest.Users;

/// <summary>Compares the label in an answer's JSON with the right one, without making strings.</summary>
internal sealed class AnswerText(string field)
{
    private readonly byte[] _field = Encoding.UTF8.GetBytes(field);

    /// <summary>Does the field of this JSON object hold the label? Null when the body is no JSON object or lacks the field.</summary>
    public bool? Agrees(ReadOnlySpan<byte> body, ReadOnlySpan<byte> label)
    {
        bool? agrees = null;
        var json = new Utf8JsonReader(body);
        try
        {
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            // To the end of the body, so that an answer cut short is not taken for a whole one.
            while (json.Read())
            {
                if (json.CurrentDepth == 1 && json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals(_field))
                {
                    json.Read();
                    agrees = json.TokenType switch
                    {
                        JsonTokenType.String => json.ValueTextEquals(label),
                        JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False => json.ValueSpan.SequenceEqual(label),
                        _ => null,
                    };
                }
            }

            return agrees;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
