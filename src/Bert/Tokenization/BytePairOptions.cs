namespace Endpoints.Bert.Tokenization;

/// <summary>How a byte-level BPE tokenizer reads text, as in a checkpoint's <c>tokenizer_config.json</c>. Defaults are RoBERTa's.</summary>
public sealed record BytePairOptions
{
    /// <value>Reads a text as if a blank stood before it, so that its first word is spelt as in the middle (<c>add_prefix_space</c>). Default false.</value>
    public bool AddPrefixSpace { get; init; }

    /// <value>First token of every input; must be in the vocabulary.</value>
    public string ClassToken { get; init; } = "<s>";

    /// <value>Ends each text of an input; must be in the vocabulary.</value>
    public string SeparatorToken { get; init; } = "</s>";

    /// <value>For what cannot be spelt, which there is none of in bytes; need not be in the vocabulary.</value>
    public string UnknownToken { get; init; } = "<unk>";

    /// <value>Padding, which nothing here produces; need not be in the vocabulary.</value>
    public string PadToken { get; init; } = "<pad>";

    /// <value>The blank of masked language modelling, which swallows the white space before it; need not be in the vocabulary.</value>
    public string MaskToken { get; init; } = "<mask>";
}
