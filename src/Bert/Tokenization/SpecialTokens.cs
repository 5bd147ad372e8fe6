using System.Buffers;

namespace Endpoints.Bert.Tokenization;

/// <summary>The special tokens of a vocabulary, found literally in raw text, before any normalisation.</summary>
internal sealed class SpecialTokens
{
    private readonly SearchValues<string> _texts;
    private readonly (string Text, int Id)[] _longestFirst;

    public SpecialTokens(IEnumerable<(string Text, int Id)> tokens)
    {
        _longestFirst = [.. tokens.Where(token => token.Text.Length > 0).OrderByDescending(token => token.Text.Length)];
        _texts = SearchValues.Create([.. _longestFirst.Select(token => token.Text)], StringComparison.Ordinal);
    }

    /// <summary>Finds the leftmost special token, and of those that begin there the longest.</summary>
    /// <param name="text">Raw text.</param>
    /// <param name="id">The token's id.</param>
    /// <param name="length">The token's length in UTF-16 units.</param>
    /// <returns>Where it begins; -1 if there is none.</returns>
    public int IndexOf(ReadOnlySpan<char> text, out int id, out int length)
    {
        (id, length) = (0, 0);
        int start = text.IndexOfAny(_texts);
        if (start >= 0)
        {
            foreach ((string token, int tokenId) in _longestFirst)
            {
                if (text[start..].StartsWith(token, StringComparison.Ordinal))
                {
                    (id, length) = (tokenId, token.Length);
                    break;
                }
            }
        }

        return start;
    }
}
