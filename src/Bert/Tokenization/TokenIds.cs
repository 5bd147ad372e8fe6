using System.Text.Json;
using Endpoints.Bert.Checkpoints;

namespace Endpoints.Bert.Tokenization;

/// <summary>Turns a vocabulary's JSON object, token to id, into the list of its tokens.</summary>
internal static class TokenIds
{
    /// <summary>The tokens in the order of their ids, which must be 0 to their number - 1.</summary>
    public static string[] Read(JsonFields vocabulary, IEnumerable<(string Text, int Id)>? added = null)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (JsonProperty entry in vocabulary.Element.EnumerateObject())
        {
            ids.Add(entry.Name, entry.Value.ValueKind == JsonValueKind.Number && entry.Value.TryGetInt32(out int id)
                ? id
                : throw vocabulary.Failure(entry.Name, "a whole number, its id"));
        }

        foreach ((string text, int id) in added ?? [])
        {
            if (!ids.TryAdd(text, id) && ids[text] != id)
            {
                throw new CheckpointException($"{vocabulary.Owner}: expected '{text}' to have the id {id} of the added token, found {ids[text]}.");
            }
        }

        var tokens = new string?[ids.Count];
        foreach ((string token, int id) in ids)
        {
            if ((uint)id >= (uint)tokens.Length || tokens[id] is not null)
            {
                throw new CheckpointException($"{vocabulary.Owner}: expected the ids 0 to {tokens.Length - 1}, each once, for {tokens.Length} tokens, found {id} for '{token}'.");
            }

            tokens[id] = token;
        }

        return tokens!;
    }
}
