using Endpoints.Bert.Checkpoints;

namespace Endpoints.Bert.Tokenization;

/// <summary>BERT's tokenizer: clean-up, words, WordPiece. Gives the ids that Hugging Face's <c>tokenizers</c> gives. Thread-safe.</summary>
/// <remarks>Special tokens are found literally in the raw text; <see cref="WordSplitter"/> reads what lies between.</remarks>
public sealed class WordPieceTokenizer : SubwordTokenizer
{
    private readonly WordSplitter _words;

    /// <summary>Makes a tokenizer from a vocabulary.</summary>
    /// <param name="tokens">The vocabulary; a token's id is its index.</param>
    /// <param name="options">How to read text; null means the defaults of uncased BERT.</param>
    /// <exception cref="CheckpointException">A token is there twice, or the unknown, class or separator token is missing.</exception>
    public WordPieceTokenizer(IEnumerable<string> tokens, WordPieceOptions? options = null)
        : this([.. tokens], options ?? new WordPieceOptions(), "The vocabulary")
    {
    }

    internal WordPieceTokenizer(string[] tokens, WordPieceOptions options, string source)
        : this(tokens, options, VocabularyCheck.Ids(tokens, options, source))
    {
    }

    private WordPieceTokenizer(string[] tokens, WordPieceOptions options, Dictionary<string, int> ids)
        : base(tokens, new InputLayout(ids[options.ClassToken], ids[options.SeparatorToken], SeparatorsBetween: 1, SecondType: 1), Special(options, ids))
    {
        Options = options;
        var characters = new CharacterTable(options.Lowercase, options.StripAccents ?? options.Lowercase, options.TokenizeChineseCharacters);
        _words = new WordSplitter(characters, new PieceTrie(tokens), ids[options.UnknownToken]);
    }

    /// <summary>How text is read.</summary>
    public WordPieceOptions Options { get; }

    /// <summary>Reads <c>vocab.txt</c> and, where there is one, <c>tokenizer_config.json</c> from a checkpoint's folder.</summary>
    /// <exception cref="CheckpointException">A file is missing or says something that cannot be used; the message names it.</exception>
    public static WordPieceTokenizer Load(string directory) => WordPieceFiles.Load(directory);

    /// <summary>Writes <c>vocab.txt</c> and <c>tokenizer_config.json</c> into a folder, which is made if need be.</summary>
    public override void Save(string directory) => WordPieceFiles.Save(this, directory);

    private protected override void AddPlain(scoped ReadOnlySpan<char> text, ref TokenBuffer tokens) => _words.Add(text, ref tokens);

    private static SpecialTokens Special(WordPieceOptions options, Dictionary<string, int> ids)
    {
        string[] special = [options.UnknownToken, options.ClassToken, options.SeparatorToken, options.PadToken, options.MaskToken];
        return new SpecialTokens(special.Distinct().Where(ids.ContainsKey).Select(token => new SpecialToken(token, ids[token])));
    }
}
