using System.Text;
using System.Text.Json;

namespace Endpoints.LoadTest.Users;

/// <summary>A pair as it goes over the wire, made once and sent many times.</summary>
/// <param name="Body">The JSON body.</param>
/// <param name="Label">The right answer in UTF-8; null when it is not known.</param>
internal sealed record Question(byte[] Body, byte[]? Label)
{
    public static Question From(LoadPair pair)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("premise", pair.Premise);
            json.WriteString("hypothesis", pair.Hypothesis);
            json.WriteEndObject();
        }

        return new Question(body.ToArray(), pair.Label is null ? null : Encoding.UTF8.GetBytes(pair.Label));
    }
}
