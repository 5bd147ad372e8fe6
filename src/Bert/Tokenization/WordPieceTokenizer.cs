using System.Runtime.CompilerServices;
using Endpoints.Bert.Checkpoints;

namespace Endpoints.Bert.Tokenization;

/// <summary>BERT's tokenizer: clean-up, words, WordPiece. Gives the ids that Hugging Face's <c>tokenizers</c> gives. Thread-safe.</summary>
/// <remarks>Special tokens are found literally in the raw text; <see cref="WordSplitter"/> reads what lies between.</remarks>
public sealed class WordPieceTokenizer : ITokenizer
{
    private const int StackTokens = 256;

    private readonly SpecialTokens _specialTokens;
    private readonly WordSplitter _words;
    private readonly int _classId;
    private readonly int _separatorId;

    /// <summary>Makes a tokenizer from a vocabulary.</summary>
    /// <param name="tokens">The vocabulary; a token's id is its index.</param>
    /// <param name="options">How to read text; null means the defaults of uncased BERT.</param>
    /// <exception cref="CheckpointException">A token is there twice, or the unknown, class or separator token is missing.</exception>
    public WordPieceTokenizer(IEnumerable<string> tokens, WordPieceOptions? options = null)
        : this([.. tokens], options ?? new WordPieceOptions(), "The vocabulary")
    {
    }

    internal WordPieceTokenizer(string[] tokens, WordPieceOptions options, string source)
    {
        Dictionary<string, int> ids = VocabularyCheck.Ids(tokens, options, source);
        Tokens = Array.AsReadOnly(tokens);
        Options = options;
        _classId = ids[options.ClassToken];
        _separatorId = ids[options.SeparatorToken];
        string[] special = [options.UnknownToken, options.ClassToken, options.SeparatorToken, options.PadToken, options.MaskToken];
        _specialTokens = new SpecialTokens(special.Distinct().Where(ids.ContainsKey).Select(token => (token, ids[token])));
        var characters = new CharacterTable(options.Lowercase, options.StripAccents ?? options.Lowercase, options.TokenizeChineseCharacters);
        _words = new WordSplitter(characters, new PieceTrie(tokens), ids[options.UnknownToken]);
    }

    /// <summary>The vocabulary; a token's id is its index.</summary>
    public IReadOnlyList<string> Tokens { get; }

    /// <summary>How text is read.</summary>
    public WordPieceOptions Options { get; }

    /// <inheritdoc/>
    public int VocabularySize => Tokens.Count;

    /// <summary>Reads <c>vocab.txt</c> and, where there is one, <c>tokenizer_config.json</c> from a checkpoint's folder.</summary>
    /// <exception cref="CheckpointException">A file is missing or says something that cannot be used; the message names it.</exception>
    public static WordPieceTokenizer Load(string directory) => TokenizerFiles.Load(directory);

    /// <summary>Writes <c>vocab.txt</c> and <c>tokenizer_config.json</c> into a folder, which is made if need be.</summary>
    public void Save(string directory) => TokenizerFiles.Save(this, directory);

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxLength"/> has no room for the special tokens: 2, or 3 with a pair.</exception>
    [SkipLocalsInit]
    public Encoding Encode(string text, string? pair = null, int? maxLength = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        bool hasPair = pair is not null;
        int budget = Budget(maxLength ?? int.MaxValue, hasPair, nameof(maxLength));

        // A single text can stop at the first token too many. A pair cannot: which text was longer decides who keeps an odd token.
        var first = new TokenBuffer(stackalloc int[StackTokens], budget, countsAll: hasPair);
        var second = new TokenBuffer(stackalloc int[StackTokens], budget, countsAll: true);
        try
        {
            (int firstKept, int secondKept) = Collect(text, pair, budget, ref first, ref second);
            int length = firstKept + secondKept + SpecialCount(hasPair);
            bool truncated = firstKept + secondKept < first.Count + second.Count;
            var encoding = new Encoding(new int[length], new int[length], truncated);
            Assemble(first.First(firstKept), second.First(secondKept), hasPair, encoding.Ids, encoding.TypeIds);
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
    /// <param name="ids">Receives the token ids; at least 3.</param>
    /// <param name="typeIds">Receives 0 for the tokens of the first part, 1 for those of the second; as long as <paramref name="ids"/>.</param>
    /// <param name="truncated">True when tokens were cut to fit.</param>
    /// <returns>Number of tokens written.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A destination is too short.</exception>
    public int Encode(ReadOnlySpan<char> text, ReadOnlySpan<char> pair, Span<int> ids, Span<int> typeIds, out bool truncated) =>
        EncodeInto(text, pair, true, ids, typeIds, out truncated);

    [SkipLocalsInit]
    private int EncodeInto(
        ReadOnlySpan<char> text, ReadOnlySpan<char> pair, bool hasPair, Span<int> ids, Span<int> typeIds, out bool truncated)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(typeIds.Length, ids.Length, nameof(typeIds));
        int budget = Budget(ids.Length, hasPair, nameof(ids));
        var first = new TokenBuffer(stackalloc int[StackTokens], budget, countsAll: hasPair);
        var second = new TokenBuffer(stackalloc int[StackTokens], budget, countsAll: true);
        try
        {
            (int firstKept, int secondKept) = Collect(text, pair, budget, ref first, ref second);
            truncated = firstKept + secondKept < first.Count + second.Count;
            Assemble(first.First(firstKept), second.First(secondKept), hasPair, ids, typeIds);
            return firstKept + secondKept + SpecialCount(hasPair);
        }
        finally
        {
            first.Dispose();
            second.Dispose();
        }
    }

    private static int SpecialCount(bool hasPair) => hasPair ? 3 : 2;

    private static int Budget(int maxLength, bool hasPair, string parameter) => maxLength >= SpecialCount(hasPair)
        ? maxLength - SpecialCount(hasPair)
        : throw new ArgumentOutOfRangeException(parameter, maxLength,
            $"The longest result must have room for the {SpecialCount(hasPair)} special tokens of a {(hasPair ? "pair of texts" : "text")}.");

    /// <summary>Collects the tokens of both texts, and tells how many of each stay.</summary>
    private (int First, int Second) Collect(
        scoped ReadOnlySpan<char> text, scoped ReadOnlySpan<char> pair, int budget, ref TokenBuffer first, ref TokenBuffer second)
    {
        AddText(text, ref first);
        AddText(pair, ref second);
        return Truncation.LongestFirst(first.Count, second.Count, budget);
    }

    private void Assemble(ReadOnlySpan<int> first, ReadOnlySpan<int> second, bool hasPair, Span<int> ids, Span<int> typeIds)
    {
        int firstLength = first.Length + 2;
        ids[0] = _classId;
        first.CopyTo(ids[1..]);
        ids[firstLength - 1] = _separatorId;
        typeIds[..firstLength].Clear();
        if (hasPair)
        {
            second.CopyTo(ids[firstLength..]);
            ids[firstLength + second.Length] = _separatorId;
            typeIds.Slice(firstLength, second.Length + 1).Fill(1);
        }
    }

    private void AddText(scoped ReadOnlySpan<char> text, ref TokenBuffer tokens)
    {
        while (true)
        {
            int special = _specialTokens.IndexOf(text, out int id, out int length);
            _words.Add(special < 0 ? text : text[..special], ref tokens);
            if (special < 0 || tokens.IsDone)
            {
                return;
            }

            tokens.Add(id);
            text = text[(special + length)..];
        }
    }
}
