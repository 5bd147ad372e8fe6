using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Unicode;
using Endpoints.Bert.Checkpoints;

namespace Endpoints.Bert.Tokenization;

/// <summary>RoBERTa's tokenizer: byte-level BPE. Gives the ids that Hugging Face's <c>tokenizers</c> gives. Thread-safe.</summary>
/// <remarks>
/// Special tokens are found literally in the raw text; <see cref="PieceSplitter"/> splits what lies between; a piece's bytes are one token, or
/// are merged into several. Nothing is allocated for pieces of up to 64 bytes.
/// </remarks>
public sealed class BytePairTokenizer : SubwordTokenizer
{
    private const int StackBytes = 256;

    /// <summary>Most bytes of UTF-8 that a UTF-16 unit becomes.</summary>
    private const int BytesPerUnit = 3;

    private readonly BytePairMerger _merger;
    private readonly PieceTable _pieces;

    /// <summary>Makes a tokenizer from a vocabulary and its merges.</summary>
    /// <param name="tokens">The vocabulary, in the characters that stand for bytes (a blank is <c>Ġ</c>); a token's id is its index.</param>
    /// <param name="merges">Pairs of tokens that become one, those that merge first at the beginning.</param>
    /// <param name="options">How to read text; null means RoBERTa's defaults.</param>
    /// <exception cref="CheckpointException">
    /// A token or merge is there twice, the class or separator token or a byte is missing, or a merge's parts or result are not in the vocabulary.
    /// </exception>
    public BytePairTokenizer(IEnumerable<string> tokens, IEnumerable<(string First, string Second)> merges, BytePairOptions? options = null)
        : this(new BytePairVocabulary([.. tokens], [.. merges], "The vocabulary", "The list of merges"), options ?? new BytePairOptions())
    {
    }

    internal BytePairTokenizer(BytePairVocabulary vocabulary, BytePairOptions options)
        : base(
            vocabulary.Tokens,
            new InputLayout(vocabulary.Require(options.ClassToken, "cls_token"), vocabulary.Require(options.SeparatorToken, "sep_token"), SeparatorsBetween: 2, SecondType: 0),
            Special(vocabulary, options))
    {
        Options = options;
        Merges = Array.AsReadOnly(vocabulary.Merges);
        _merger = new BytePairMerger(vocabulary.ByteIds(), new MergeTable(vocabulary.MergeIds()));
        _pieces = new PieceTable(WholePieces(vocabulary.Tokens, _merger));
    }

    /// <summary>How text is read.</summary>
    public BytePairOptions Options { get; }

    /// <summary>Pairs of tokens that become one, those that merge first at the beginning.</summary>
    public IReadOnlyList<(string First, string Second)> Merges { get; }

    /// <summary>Reads <c>vocab.json</c>, <c>merges.txt</c> and, where there is one, <c>tokenizer_config.json</c> from a checkpoint's folder.</summary>
    /// <exception cref="CheckpointException">A file is missing or says something that cannot be used; the message names it.</exception>
    public static BytePairTokenizer Load(string directory) => BytePairFiles.Load(directory);

    /// <summary>Writes <c>vocab.json</c>, <c>merges.txt</c> and <c>tokenizer_config.json</c> into a folder, which is made if need be.</summary>
    public override void Save(string directory) => BytePairFiles.Save(this, directory);

    private protected override void AddPlain(scoped ReadOnlySpan<char> text, ref TokenBuffer tokens)
    {
        if (!Options.AddPrefixSpace || text.IsEmpty || text[0] == ' ')
        {
            AddPieces(text, ref tokens);
            return;
        }

        char[] prefixed = ArrayPool<char>.Shared.Rent(text.Length + 1);
        prefixed[0] = ' ';
        text.CopyTo(prefixed.AsSpan(1));
        AddPieces(prefixed.AsSpan(0, text.Length + 1), ref tokens);
        ArrayPool<char>.Shared.Return(prefixed);
    }

    [SkipLocalsInit]
    private void AddPieces(scoped ReadOnlySpan<char> text, ref TokenBuffer tokens)
    {
        Span<byte> bytes = stackalloc byte[StackBytes];
        for (int length; !text.IsEmpty && !tokens.IsDone; text = text[length..])
        {
            length = PieceSplitter.FirstLength(text);
            if (length * BytesPerUnit <= StackBytes)
            {
                AddPiece(text[..length], bytes, ref tokens);
            }
            else
            {
                byte[] rented = ArrayPool<byte>.Shared.Rent(length * BytesPerUnit);
                AddPiece(text[..length], rented, ref tokens);
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    private void AddPiece(scoped ReadOnlySpan<char> piece, scoped Span<byte> memory, ref TokenBuffer tokens)
    {
        // Half a surrogate pair becomes U+FFFD.
        Utf8.FromUtf16(piece, memory, out _, out int written, replaceInvalidSequences: true);
        ReadOnlySpan<byte> bytes = memory[..written];
        int id = _pieces.IdOf(bytes);
        if (id != PieceTable.None)
        {
            tokens.Add(id);
        }
        else
        {
            _merger.Add(bytes, ref tokens);
        }
    }

    /// <summary>The tokens that merging their own bytes leads to, which a vocabulary need not grant.</summary>
    private static List<(byte[] Bytes, int Id)> WholePieces(string[] tokens, BytePairMerger merger)
    {
        var whole = new List<(byte[], int)>(tokens.Length);
        Span<int> memory = stackalloc int[2];
        for (int id = 0; id < tokens.Length; id++)
        {
            if (ByteAlphabet.BytesOf(tokens[id]) is { Length: > 0 } bytes)
            {
                var spelling = new TokenBuffer(memory, limit: 1, countsAll: true);
                merger.Add(bytes, ref spelling);
                if (spelling.Count == 1 && spelling.First(1)[0] == id)
                {
                    whole.Add((bytes, id));
                }
            }
        }

        return whole;
    }

    private static SpecialTokens Special(BytePairVocabulary vocabulary, BytePairOptions options)
    {
        string[] special = [options.ClassToken, options.SeparatorToken, options.UnknownToken, options.PadToken, options.MaskToken];
        return new SpecialTokens(special.Distinct().Where(vocabulary.Ids.ContainsKey)
            .Select(token => new SpecialToken(token, vocabulary.Ids[token], StripsBefore: token == options.MaskToken)));
    }
}
