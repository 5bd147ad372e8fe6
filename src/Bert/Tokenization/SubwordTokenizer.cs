using System.Runtime.CompilerServices;

namespace Endpoints.Bert.Tokenization;

/// <summary>What BERT's and RoBERTa's tokenizers share: special tokens found in raw text, truncation, the input's layout. Thread-safe.</summary>
public abstract class SubwordTokenizer : ITokenizer
{
    private const int StackTokens = 256;

    private readonly InputLayout _layout;
    private readonly SpecialTokens _specialTokens;

    private protected SubwordTokenizer(string[] tokens, InputLayout layout, SpecialTokens specialTokens)
    {
        Tokens = Array.AsReadOnly(tokens);
        _layout = layout;
        _specialTokens = specialTokens;
    }

    /// <summary>The vocabulary; a token's id is its index.</summary>
    public IReadOnlyList<string> Tokens { get; }

    /// <inheritdoc/>
    public int VocabularySize => Tokens.Count;

    /// <inheritdoc/>
    public abstract void Save(string directory);

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxLength"/> has no room for the special tokens.</exception>
    [SkipLocalsInit]
    public Encoding Encode(string text, string? pair = null, int? maxLength = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        bool hasPair = pair is not null;
        int budget = _layout.Budget(maxLength ?? int.MaxValue, hasPair, nameof(maxLength));

        // A single text can stop at the first token too many. A pair cannot: which text was longer decides who keeps an odd token.
        var first = new TokenBuffer(stackalloc int[StackTokens], budget, countsAll: hasPair);
        var second = new TokenBuffer(stackalloc int[StackTokens], budget, countsAll: true);
        try
        {
            (int firstKept, int secondKept) = Collect(text, pair, budget, ref first, ref second);
            int length = firstKept + secondKept + _layout.SpecialCount(hasPair);
            bool truncated = firstKept + secondKept < first.Count + second.Count;
            var encoding = new Encoding(new int[length], new int[length], truncated);
            _layout.Assemble(first.First(firstKept), second.First(secondKept), hasPair, encoding.Ids, encoding.TypeIds);
            return encoding;
        }
        finally
        {
            first.Dispose();
            second.Dispose();
        }
    }

    /// <summary>Encodes a text without allocating. The result is cut to the length of <paramref name="ids"/>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="ids">Receives the token ids; at least 2.</param>
    /// <param name="typeIds">Receives a 0 per token; as long as <paramref name="ids"/>.</param>
    /// <param name="truncated">True when tokens were cut to fit.</param>
    /// <returns>Number of tokens written.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A destination is too short.</exception>
    public int Encode(ReadOnlySpan<char> text, Span<int> ids, Span<int> typeIds, out bool truncated) =>
        EncodeInto(text, [], false, ids, typeIds, out truncated);

    /// <summary>Encodes a pair of texts without allocating. The result is cut to the length of <paramref name="ids"/> by longest_first.</summary>
    /// <param name="text">The first text.</param>
    /// <param name="pair">The second text; may be empty, which still gives it its separator.</param>
    /// <param name="ids">Receives the token ids; at least 3 for BERT, 4 for RoBERTa.</param>
    /// <param name="typeIds">Receives 0 for the tokens of the first part, BERT's 1 for those of the second; as long as <paramref name="ids"/>.</param>
    /// <param name="truncated">True when tokens were cut to fit.</param>
    /// <returns>Number of tokens written.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A destination is too short.</exception>
    public int Encode(ReadOnlySpan<char> text, ReadOnlySpan<char> pair, Span<int> ids, Span<int> typeIds, out bool truncated) =>
        EncodeInto(text, pair, true, ids, typeIds, out truncated);

    /// <summary>Adds the tokens of a text without special tokens.</summary>
    private protected abstract void AddPlain(scoped ReadOnlySpan<char> text, ref TokenBuffer tokens);

    [SkipLocalsInit]
    private int EncodeInto(
        ReadOnlySpan<char> text, ReadOnlySpan<char> pair, bool hasPair, Span<int> ids, Span<int> typeIds, out bool truncated)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(typeIds.Length, ids.Length, nameof(typeIds));
        int budget = _layout.Budget(ids.Length, hasPair, nameof(ids));
        var first = new TokenBuffer(stackalloc int[StackTokens], budget, countsAll: hasPair);
        var second = new TokenBuffer(stackalloc int[StackTokens], budget, countsAll: true);
        try
        {
            (int firstKept, int secondKept) = Collect(text, pair, budget, ref first, ref second);
            truncated = firstKept + secondKept < first.Count + second.Count;
            _layout.Assemble(first.First(firstKept), second.First(secondKept), hasPair, ids, typeIds);
            return firstKept + secondKept + _layout.SpecialCount(hasPair);
        }
        finally
        {
            first.Dispose();
            second.Dispose();
        }
    }

    /// <summary>Collects the tokens of both texts, and tells how many of each stay.</summary>
    private (int First, int Second) Collect(
        scoped ReadOnlySpan<char> text, scoped ReadOnlySpan<char> pair, int budget, ref TokenBuffer first, ref TokenBuffer second)
    {
        AddText(text, ref first);
        AddText(pair, ref second);
        return Truncation.LongestFirst(first.Count, second.Count, budget);
    }

    private void AddText(scoped ReadOnlySpan<char> text, ref TokenBuffer tokens)
    {
        while (true)
        {
            int special = _specialTokens.IndexOf(text, out SpecialToken token);
            ReadOnlySpan<char> plain = special < 0 ? text : text[..special];
            AddPlain(token.StripsBefore ? plain.TrimEnd() : plain, ref tokens);
            if (special < 0 || tokens.IsDone)
            {
                return;
            }

            tokens.Add(token.Id);
            text = text[(special + token.Text.Length)..];
        }
    }
}
