using System.Text.Json;

namespace Endpoints.LoadTest.Users;

/// <summary>Compares the label in an answer's JSON with the right one, without making strings.</summary>
internal sealed class AnswerText(string path)
{
    private readonly AnswerPath _path = new(path);

    /// <summary>Where it stands in the JSON.</summary>
    public string Path => _path.Text;

    /// <summary>What a body says at the path, and whether that is the label.</summary>
    /// <param name="body">The answer's body.</param>
    /// <param name="label">The right label; null when it is not known.</param>
    /// <returns>Null when the body is not JSON or has no text, number or truth value there.</returns>
    public SaidLabel? Read(ReadOnlySpan<byte> body, byte[]? label)
    {
        var json = new Utf8JsonReader(body);
        try
        {
            SaidLabel? said = _path.TrySeek(ref json)
                ? json.TokenType switch
                {
                    JsonTokenType.String => new SaidLabel(HashOf(ref json), label is null ? null : json.ValueTextEquals(label)),
                    JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False => new SaidLabel(HashOf(ref json), label is null ? null : json.ValueSpan.SequenceEqual(label)),
                    _ => null,
                }
                : null;

            // To the end of the body, so that an answer cut short is not taken for a whole one.
            while (json.Read())
            {
            }

            return said;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>FNV-1a over the value as it is written, which is never 0 here; the same server writes the same label the same way.</summary>
    private static ulong HashOf(ref Utf8JsonReader json)
    {
        ulong hash = 14695981039346656037;
        foreach (byte letter in json.ValueSpan)
        {
            hash = (hash ^ letter) * 1099511628211;
        }

        return hash | 1;
    }
}

/// <summary>A label that an answer gave.</summary>
/// <param name="Hash">Tells labels apart; never 0.</param>
/// <param name="Correct">Is it the right one? Null where that is not known.</param>
internal readonly record struct SaidLabel(ulong Hash, bool? Correct);
