namespace Endpoints.Bert.Tokenization;

/// <summary>How a WordPiece tokenizer reads text, as in a checkpoint's <c>tokenizer_config.json</c>. Defaults are those of uncased BERT.</summary>
public sealed record WordPieceOptions
{
    /// <value>Lower-cases the text (<c>do_lower_case</c>). Default true.</value>
    public bool Lowercase { get; init; } = true;

    /// <value>Removes accents (<c>strip_accents</c>). Default null: as <see cref="Lowercase"/>.</value>
    public bool? StripAccents { get; init; }

    /// <value>Makes every Chinese character a word of its own (<c>tokenize_chinese_chars</c>). Default true.</value>
    public bool TokenizeChineseCharacters { get; init; } = true;

    /// <value>Stands for a word that the vocabulary cannot spell; must be in the vocabulary.</value>
    public string UnknownToken { get; init; } = "[UNK]";

    /// <value>First token of every input; must be in the vocabulary.</value>
    public string ClassToken { get; init; } = "[CLS]";

    /// <value>Ends each text of an input; must be in the vocabulary.</value>
    public string SeparatorToken { get; init; } = "[SEP]";

    /// <value>Padding, which nothing here produces; need not be in the vocabulary.</value>
    public string PadToken { get; init; } = "[PAD]";

    /// <value>The blank of masked language modelling; need not be in the vocabulary.</value>
    public string MaskToken { get; init; } = "[MASK]";
}
