using Endpoints.Bert.Tokenization;

namespace Endpoints.Pruning.Tasks;

/// <summary>Leaves of a WordPiece vocabulary what a task's training texts use: the embeddings of a small network from random weights then do not outweigh its layers.</summary>
/// <remarks>Single ASCII characters always stay, so that every ASCII word can still be spelled; the order of tokens stays too. Not for pretrained weights, whose rows are the ids.</remarks>
public static class VocabularyCut
{
    /// <summary>Cuts a tokenizer's vocabulary.</summary>
    /// <param name="tokenizer">The whole vocabulary, and how text is read.</param>
    /// <param name="examples">The training examples.</param>
    /// <param name="least">Fewest occurrences in them that keep a token; at least 1.</param>
    public static WordPieceTokenizer Cut(WordPieceTokenizer tokenizer, IEnumerable<Example> examples, int least)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(least, 1);
        var counts = new int[tokenizer.VocabularySize];
        foreach (string text in examples.SelectMany(Texts))
        {
            foreach (int id in tokenizer.Encode(text).Ids)
            {
                counts[id]++;
            }
        }

        return new WordPieceTokenizer(tokenizer.Tokens.Where((token, id) => counts[id] >= least || IsCharacter(token) || IsSpecial(token, tokenizer.Options)), tokenizer.Options);
    }

    private static IEnumerable<string> Texts(Example example) => example.Choices.Append(example.Text).Concat(example.Pair is { } pair ? [pair] : []);

    private static bool IsCharacter(string token) => token.TrimStart('#') is [< (char)128] && token.Length is 1 or 3;

    private static bool IsSpecial(string token, WordPieceOptions options) =>
        token == options.UnknownToken || token == options.ClassToken || token == options.SeparatorToken || token == options.PadToken || token == options.MaskToken;
}
