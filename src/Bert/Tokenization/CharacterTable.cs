using System.Collections.Frozen;
using System.Text;

namespace Endpoints.Bert.Tokenization;

/// <summary>What a code point does to the word it stands in.</summary>
internal enum CharacterKind : byte
{
    /// <summary>Belongs to a word.</summary>
    Joins,

    /// <summary>Vanishes; its neighbours touch.</summary>
    Removed,

    /// <summary>White space: ends a word.</summary>
    Separates,

    /// <summary>Punctuation or a Chinese character: a word of its own.</summary>
    Alone,
}

/// <summary>BERT's normaliser and pre-tokeniser for one set of options: the kind of every code point, and what it becomes.</summary>
/// <remarks>
/// Each code point is judged by itself. Only one thing in BERT's rules looks further: canonical decomposition sorts a run of combining
/// marks. Stripping removes nearly all of them; the 83 that stay (Indic viramas, musical symbols, marks younger than the tables) keep the
/// order they were written in, which no id can show unless a vocabulary spells words with two of them.
/// </remarks>
internal sealed class CharacterTable
{
    /// <summary>Longest text that one code point becomes, in UTF-16 units: three astral characters.</summary>
    public const int MaxNormalizedLength = 6;

    private const int CodePointCount = 0x110000;
    private const int KindMask = 3;

    /// <summary>Set where the result is not one unit of <see cref="_single"/>.</summary>
    private const byte Expands = 4;

    private const int CapitalIWithDot = 0x130;
    private const int FirstHangul = 0xAC00;
    private const int LastHangul = 0xD7A3;

    private readonly byte[] _kinds = new byte[CodePointCount];
    private readonly char[] _single = new char[char.MaxValue + 1];
    private readonly FrozenDictionary<int, string> _expansions;

    public CharacterTable(bool lowercase, bool stripAccents, bool isolateIdeographs)
    {
        Fill(UnicodeData.Removed, CharacterKind.Removed);
        Fill(UnicodeData.Separators, CharacterKind.Separates);
        Fill(UnicodeData.Punctuation, CharacterKind.Alone);
        if (isolateIdeographs)
        {
            Fill(UnicodeData.Ideographs, CharacterKind.Alone);
        }

        if (stripAccents)
        {
            Fill(UnicodeData.Marks, CharacterKind.Removed);
            _kinds.AsSpan(FirstHangul, LastHangul - FirstHangul + 1).Fill((byte)CharacterKind.Joins | Expands);
        }

        for (int unit = 0; unit < _single.Length; unit++)
        {
            _single[unit] = (char)unit;
        }

        _expansions = Replace(Replacements(lowercase, stripAccents)).ToFrozenDictionary();
    }

    /// <summary>The kind of a code point. For a lone surrogate ask for U+FFFD, which is removed as well.</summary>
    public CharacterKind KindOf(int codePoint) => (CharacterKind)(_kinds[codePoint] & KindMask);

    /// <summary>Writes what a code point that joins or stands alone becomes.</summary>
    /// <param name="codePoint">A Unicode scalar value.</param>
    /// <param name="destination">At least <see cref="MaxNormalizedLength"/> units.</param>
    /// <param name="length">UTF-16 units written.</param>
    /// <returns>Number of code points written.</returns>
    public int Normalize(int codePoint, Span<char> destination, out int length)
    {
        if ((_kinds[codePoint] & Expands) == 0 && codePoint <= char.MaxValue)
        {
            destination[0] = _single[codePoint];
            length = 1;
            return 1;
        }

        return Expand(codePoint, destination, out length);
    }

    private int Expand(int codePoint, Span<char> destination, out int length)
    {
        if (_expansions.TryGetValue(codePoint, out string? text))
        {
            text.CopyTo(destination);
            length = text.Length;
            return CodePoints(text);
        }

        if (codePoint is >= FirstHangul and <= LastHangul)
        {
            length = DecomposeHangul(codePoint - FirstHangul, destination);
            return length;
        }

        length = new Rune(codePoint).EncodeToUtf16(destination);
        return 1;
    }

    /// <summary>A Hangul syllable's leading consonant, vowel and trailing consonant (Unicode, section 3.12).</summary>
    private static int DecomposeHangul(int syllable, Span<char> destination)
    {
        const int vowels = 21, tails = 28;
        destination[0] = (char)(0x1100 + (syllable / (vowels * tails)));
        destination[1] = (char)(0x1161 + (syllable / tails % vowels));
        destination[2] = (char)(0x11A7 + (syllable % tails));
        return syllable % tails == 0 ? 2 : 3;
    }

    private void Fill(ReadOnlySpan<int> ranges, CharacterKind kind)
    {
        for (int i = 0; i < ranges.Length; i += 2)
        {
            _kinds.AsSpan(ranges[i], ranges[i + 1] - ranges[i] + 1).Fill((byte)kind);
        }
    }

    /// <summary>Puts replacements into the tables, and yields those that need more than one UTF-16 unit.</summary>
    private Dictionary<int, string> Replace(Dictionary<int, string> replacements)
    {
        var expansions = new Dictionary<int, string>();
        foreach ((int codePoint, string text) in replacements)
        {
            // Without its accent a letter can turn out to be punctuation: U+2260 becomes "=".
            if (KindOf(codePoint) == CharacterKind.Joins)
            {
                _kinds[codePoint] = (byte)KindOf(Rune.GetRuneAt(text, 0).Value);
            }

            if (codePoint <= char.MaxValue && text.Length == 1)
            {
                _single[codePoint] = text[0];
            }
            else
            {
                _kinds[codePoint] |= Expands;
                expansions.Add(codePoint, text);
            }
        }

        return expansions;
    }

    private static Dictionary<int, string> Replacements(bool lowercase, bool stripAccents)
    {
        Dictionary<int, string> lower = lowercase ? LowerCases() : [];
        var replacements = new Dictionary<int, string>(lower);
        if (stripAccents)
        {
            foreach ((int codePoint, string bases) in BaseCharacters())
            {
                replacements[codePoint] = string.Concat(bases.EnumerateRunes().Select(rune => lower.GetValueOrDefault(rune.Value, rune.ToString())));
            }
        }

        return replacements;
    }

    private static Dictionary<int, string> LowerCases()
    {
        ReadOnlySpan<int> runs = UnicodeData.Lowercase;
        var lower = new Dictionary<int, string> { [CapitalIWithDot] = "i\u0307" };
        for (int i = 0; i < runs.Length; i += 4)
        {
            for (int codePoint = runs[i]; codePoint <= runs[i + 1]; codePoint += runs[i + 2])
            {
                lower.Add(codePoint, char.ConvertFromUtf32(codePoint + runs[i + 3]));
            }
        }

        return lower;
    }

    private static IEnumerable<(int CodePoint, string Bases)> BaseCharacters()
    {
        foreach ((int first, string text) in UnicodeData.Bases)
        {
            int codePoint = first;
            foreach (Rune rune in text.EnumerateRunes())
            {
                yield return (codePoint++, rune.ToString());
            }
        }

        foreach ((int codePoint, string text) in UnicodeData.SeveralBases)
        {
            yield return (codePoint, text);
        }
    }

    private static int CodePoints(string text)
    {
        int count = 0;
        foreach (Rune _ in text.EnumerateRunes())
        {
            count++;
        }

        return count;
    }
}
