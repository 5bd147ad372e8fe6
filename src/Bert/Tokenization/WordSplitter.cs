using System.Runtime.CompilerServices;
using System.Text;

namespace Endpoints.Bert.Tokenization;

/// <summary>Splits text into words and words into pieces of the vocabulary.</summary>
/// <remarks>
/// A word of ASCII walks down the vocabulary's trie where it stands: the table that numbers its characters folds their case on the way.
/// Any other word is first normalised into a small buffer. Nothing is allocated.
/// </remarks>
internal sealed class WordSplitter
{
    /// <summary>A word of more code points than this, after normalisation, is unknown.</summary>
    public const int MaxWordLength = 100;

    private const int AsciiCount = 128;

    /// <summary>In place of a symbol: white space or punctuation, so the word ends before this character.</summary>
    private const int EndsWord = -1;

    /// <summary>In place of a symbol: the word cannot be read as ASCII.</summary>
    private const int NotAscii = -2;

    private readonly CharacterTable _characters;
    private readonly PieceTrie _pieces;
    private readonly int _unknownId;

    /// <summary>The trie symbol of each ASCII character after normalisation, or <see cref="EndsWord"/> or <see cref="NotAscii"/>.</summary>
    private readonly int[] _asciiSymbols = new int[AsciiCount];

    public WordSplitter(CharacterTable characters, PieceTrie pieces, int unknownId)
    {
        (_characters, _pieces, _unknownId) = (characters, pieces, unknownId);
        Span<char> normalized = stackalloc char[CharacterTable.MaxNormalizedLength];
        for (int character = 0; character < AsciiCount; character++)
        {
            characters.Normalize(character, normalized, out _);
            _asciiSymbols[character] = characters.KindOf(character) switch
            {
                CharacterKind.Joins => pieces.SymbolOf(normalized[0]),
                CharacterKind.Removed => NotAscii,
                _ => EndsWord,
            };
        }
    }

    /// <summary>Adds the tokens of a text without special tokens.</summary>
    /// <param name="text">Raw text.</param>
    /// <param name="tokens">Receives the ids, until it is done.</param>
    [SkipLocalsInit]
    public void Add(scoped ReadOnlySpan<char> text, ref TokenBuffer tokens)
    {
        Span<char> word = stackalloc char[(2 * MaxWordLength) + CharacterTable.MaxNormalizedLength];
        int position = 0;
        while (position < text.Length && !tokens.IsDone)
        {
            if (text[position] == ' ')
            {
                position++;
            }
            else if (AddAsciiWord(text[position..], ref tokens) is var length and > 0)
            {
                position += length;
            }
            else
            {
                position += AddWord(text[position..], word, ref tokens);
            }
        }
    }

    /// <summary>Adds the word that the text begins with, if it and what ends it are ASCII, it can be spelled, and it is not too long.</summary>
    /// <returns>The word's length; 0 if nothing was added.</returns>
    private int AddAsciiWord(scoped ReadOnlySpan<char> text, ref TokenBuffer tokens)
    {
        ReadOnlySpan<int> symbols = _asciiSymbols;
        ReadOnlySpan<PieceTrie.Cell> cells = _pieces.Cells;
        int mark = tokens.Count;
        int position = 0;
        for (int root = PieceTrie.Start; ; root = PieceTrie.Continuation)
        {
            int node = root;
            int children = cells[node].Base;
            int longest = PieceTrie.None;
            int longestEnd = position;
            int symbol;
            while ((symbol = SymbolAt(text, position, symbols)) >= 0)
            {
                int next = children + symbol;
                if (cells[next].Parent != node)
                {
                    break;
                }

                node = next;
                children = cells[node].Base;
                position++;
                if (cells[node].Id != PieceTrie.None)
                {
                    longest = cells[node].Id;
                    longestEnd = position;
                }
            }

            if (longest == PieceTrie.None || symbol == NotAscii || position > MaxWordLength)
            {
                tokens.Rewind(mark);
                return 0;
            }

            tokens.Add(longest);
            if (symbol == EndsWord && longestEnd == position)
            {
                return position;
            }

            position = longestEnd;
        }
    }

    private static int SymbolAt(ReadOnlySpan<char> text, int position, ReadOnlySpan<int> symbols)
    {
        if (position >= text.Length)
        {
            return EndsWord;
        }

        char unit = text[position];
        return unit < symbols.Length ? symbols[unit] : NotAscii;
    }

    /// <summary>Adds the word that the text begins with: one character that stands alone, or all up to such a one or white space.</summary>
    /// <param name="text">Raw text, not empty.</param>
    /// <param name="word">Room for the normalised word.</param>
    /// <param name="tokens">Receives the ids.</param>
    /// <returns>Number of UTF-16 units read.</returns>
    private int AddWord(scoped ReadOnlySpan<char> text, scoped Span<char> word, ref TokenBuffer tokens)
    {
        int read = 0;
        int units = 0;
        int codePoints = 0;
        while (read < text.Length)
        {
            // A lone surrogate decodes to U+FFFD, which is removed.
            Rune.DecodeFromUtf16(text[read..], out Rune rune, out int consumed);
            CharacterKind kind = _characters.KindOf(rune.Value);
            if (kind == CharacterKind.Separates || (kind == CharacterKind.Alone && codePoints > 0))
            {
                break;
            }

            read += consumed;
            if (kind != CharacterKind.Removed && codePoints <= MaxWordLength)
            {
                codePoints += _characters.Normalize(rune.Value, word[units..], out int length);
                units += length;
            }

            if (kind == CharacterKind.Alone)
            {
                break;
            }
        }

        if (codePoints > MaxWordLength)
        {
            tokens.Add(_unknownId);
        }
        else
        {
            AddPieces(word[..units], ref tokens);
        }

        // Nothing was read where the text begins with white space.
        return Math.Max(read, 1);
    }

    /// <summary>Adds the longest piece that the word begins with, then the longest that goes on, and so on; stuck, the unknown token.</summary>
    private void AddPieces(scoped ReadOnlySpan<char> word, ref TokenBuffer tokens)
    {
        int mark = tokens.Count;
        int root = PieceTrie.Start;
        while (!word.IsEmpty)
        {
            int length = _pieces.LongestPiece(root, word, out int id);
            if (length == 0)
            {
                tokens.Rewind(mark);
                tokens.Add(_unknownId);
                return;
            }

            tokens.Add(id);
            word = word[length..];
            root = PieceTrie.Continuation;
        }
    }
}
