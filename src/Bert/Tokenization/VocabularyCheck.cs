using System.Buffers;
using System.Text;
using Endpoints.Bert.Checkpoints;

namespace Endpoints.Bert.Tokenization;

/// <summary>Refuses a vocabulary that a tokenizer cannot work with.</summary>
internal static class VocabularyCheck
{
    /// <summary>The id of every token.</summary>
    /// <param name="tokens">The vocabulary; a token's id is its index.</param>
    /// <param name="options">Names the tokens that must be there.</param>
    /// <param name="source">Begins the message: a file's path, or "The vocabulary".</param>
    public static Dictionary<string, int> Ids(IReadOnlyList<string> tokens, WordPieceOptions options, string source)
    {
        var ids = new Dictionary<string, int>(tokens.Count, StringComparer.Ordinal);
        for (int id = 0; id < tokens.Count; id++)
        {
            if (!IsLineOfText(tokens[id]))
            {
                throw new CheckpointException(
                    $"{source} has a token of id {id} that cannot be a line of vocab.txt: expected well-formed text without line breaks, "
                    + $"found '{tokens[id]}'.");
            }

            if (!ids.TryAdd(tokens[id], id))
            {
                throw new CheckpointException(
                    $"{source} has the token '{tokens[id]}' twice, as id {ids[tokens[id]]} and as id {id} (ids count lines from 0): "
                    + "every token must be there once.");
            }
        }

        foreach ((string token, string setting) in new[]
        {
            (options.UnknownToken, "unk_token"), (options.ClassToken, "cls_token"), (options.SeparatorToken, "sep_token"),
        })
        {
            if (!ids.ContainsKey(token))
            {
                throw new CheckpointException(
                    $"{source} has no token '{token}' among its {tokens.Count}: "
                    + $"add it, or name the one to use as {setting} in tokenizer_config.json.");
            }
        }

        return ids;
    }

    private static bool IsLineOfText(ReadOnlySpan<char> token)
    {
        while (!token.IsEmpty)
        {
            if (token[0] is '\r' or '\n' || Rune.DecodeFromUtf16(token, out _, out int consumed) != OperationStatus.Done)
            {
                return false;
            }

            token = token[consumed..];
        }

        return true;
    }
}
