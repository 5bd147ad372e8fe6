using System.Buffers;

namespace Endpoints.Bert.Tokenization;

/// <summary>A token that is found literally in raw text.</summary>
/// <param name="Text">What is looked for.</param>
/// <param name="Id">Its id.</param>
/// <param name="StripsBefore">It swallows the white space before it, as RoBERTa's mask does.</param>
internal readonly record struct SpecialToken(string Text, int Id, bool StripsBefore = false);

/// <summary>The special tokens of a vocabulary, found literally in raw text, before any normalisation.</summary>
internal sealed class SpecialTokens
{
    private readonly SearchValues<string> _texts;
    private readonly SpecialToken[] _longestFirst;

    public SpecialTokens(IEnumerable<SpecialToken> tokens)
    {
        _longestFirst = [.. tokens.Where(token => token.Text.Length > 0).OrderByDescending(token => token.Text.Length)];
        _texts = SearchValues.Create([.. _longestFirst.Select(token => token.Text)], StringComparison.Ordinal);
    }

    /// <summary>Finds the leftmost special token, and of those that begin there the longest.</summary>
    /// <param name="text">Raw text.</param>
    /// <param name="found">The token.</param>
    /// <returns>Where it begins; -1 if there is none.</returns>
    public int IndexOf(ReadOnlySpan<char> text, out SpecialToken found)
    {
        found = default;
        int start = text.IndexOfAny(_texts);
        if (start >= 0)
        {
            foreach (SpecialToken token in _longestFirst)
            {
                if (text[start..].StartsWith(token.Text, StringComparison.Ordinal))
                {
                    found = token;
                    break;
                }
            }
        }

        return start;
    }
}
