namespace Endpoints.Bert.Tokenization;

/// <summary>The model input made of one text or a pair of texts.</summary>
/// <param name="Ids">Token ids with special tokens: <c>[CLS] A [SEP]</c> or <c>[CLS] A [SEP] B [SEP]</c>, RoBERTa's <c>&lt;s&gt; A &lt;/s&gt;&lt;/s&gt; B &lt;/s&gt;</c>.</param>
/// <param name="TypeIds">0 for the first part, 1 for B and its <c>[SEP]</c>; RoBERTa's are all 0.</param>
/// <param name="Truncated">True when tokens were cut to fit.</param>
public readonly record struct Encoding(int[] Ids, int[] TypeIds, bool Truncated);

/// <summary>Turns text into token ids. Implementations are thread-safe.</summary>
public interface ITokenizer
{
    /// <summary>Number of entries in the vocabulary.</summary>
    int VocabularySize { get; }

    /// <summary>Encodes a text, or a pair of texts.</summary>
    /// <param name="text">The text, or the premise of a pair.</param>
    /// <param name="pair">The second text; null for a single text.</param>
    /// <param name="maxLength">Longest result in tokens, special tokens included; cut by longest_first. Null leaves it whole.</param>
    Encoding Encode(string text, string? pair = null, int? maxLength = null);

    /// <summary>Writes the files that it can be read from again into a folder; a tokenizer that has none writes none.</summary>
    void Save(string directory)
    {
    }
}
