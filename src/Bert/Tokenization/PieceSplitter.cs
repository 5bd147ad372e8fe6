using System.Globalization;

namespace Endpoints.Bert.Tokenization;

/// <summary>
/// Splits text as GPT-2 and RoBERTa do: English contractions, then runs of letters, of numbers, of anything else but white space, each with
/// at most one blank before it, then white space. A run of white space leaves its last character to what follows.
/// </summary>
/// <remarks>What the pattern <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c> matches, without backtracking.</remarks>
internal static class PieceSplitter
{
    private enum Kind : byte
    {
        Other,
        Letter,
        Number,
        White,

        /// <summary>Half a character: the table cannot tell.</summary>
        Surrogate,
    }

    private static readonly Kind[] Kinds = [.. Enumerable.Range(0, char.MaxValue + 1).Select(unit => KindOf((char)unit))];

    /// <summary>Length in UTF-16 units of the piece that <paramref name="text"/>, which is not empty, begins with.</summary>
    public static int FirstLength(ReadOnlySpan<char> text)
    {
        if (text[0] == '\'' && ContractionLength(text) is var contraction and > 0)
        {
            return contraction;
        }

        int start = text[0] == ' ' && text.Length > 1 && Kinds[text[1]] != Kind.White ? 1 : 0;
        Kind kind = KindAt(text, start, out int units);
        if (kind == Kind.White)
        {
            return WhiteLength(text);
        }

        int end = start + units;
        while (end < text.Length && KindAt(text, end, out units) == kind)
        {
            end += units;
        }

        return end;
    }

    private static int ContractionLength(ReadOnlySpan<char> text) => text.Length < 2 ? 0 : text[1] switch
    {
        's' or 't' or 'm' or 'd' => 2,
        'r' or 'v' when text.Length > 2 && text[2] == 'e' => 3,
        'l' when text.Length > 2 && text[2] == 'l' => 3,
        _ => 0,
    };

    private static int WhiteLength(ReadOnlySpan<char> text)
    {
        int length = 1;
        while (length < text.Length && Kinds[text[length]] == Kind.White)
        {
            length++;
        }

        return length == text.Length || length == 1 ? length : length - 1;
    }

    private static Kind KindAt(ReadOnlySpan<char> text, int index, out int units)
    {
        units = 1;
        Kind kind = Kinds[text[index]];
        if (kind != Kind.Surrogate)
        {
            return kind;
        }

        if (index + 1 < text.Length && char.IsSurrogatePair(text[index], text[index + 1]))
        {
            units = 2;
            return KindOf(CharUnicodeInfo.GetUnicodeCategory(char.ConvertToUtf32(text[index], text[index + 1])));
        }

        // Alone it will be U+FFFD, a symbol.
        return Kind.Other;
    }

    private static Kind KindOf(char unit) => char.IsWhiteSpace(unit) ? Kind.White : char.IsSurrogate(unit) ? Kind.Surrogate : KindOf(CharUnicodeInfo.GetUnicodeCategory(unit));

    private static Kind KindOf(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => Kind.Letter,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
        _ => Kind.Other,
    };
}
