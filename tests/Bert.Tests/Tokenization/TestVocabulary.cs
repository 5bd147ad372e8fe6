using System.Collections.Concurrent;
using Endpoints.Bert.Tokenization;
using Endpoints.Tests;

namespace Endpoints.Bert.Tests.Tokenization;

/// <summary>Tokenizers on the vocabularies in tests/vocab, each made once.</summary>
internal static class TestVocabulary
{
    private static readonly ConcurrentDictionary<WordPieceOptions, WordPieceTokenizer> Tokenizers = new();

    public static WordPieceTokenizer Uncased { get; } = With(new WordPieceOptions());

    public static WordPieceTokenizer Cased { get; } = With(new WordPieceOptions { Lowercase = false });

    public static BytePairTokenizer Roberta { get; } = BytePairTokenizer.Load(RobertaFolder);

    public static string RobertaFolder => Path.Combine(Repository.Root, "tests", "vocab", "roberta");

    /// <summary>The tokenizer that a golden file's name begins with.</summary>
    public static SubwordTokenizer For(string path) => Path.GetFileName(path).Split('.')[0] switch
    {
        "uncased" => Uncased,
        "cased" => Cased,
        "roberta" => Roberta,
        var other => throw new NotSupportedException($"There is no vocabulary '{other}' in tests/vocab."),
    };

    /// <summary>Options on the vocabulary that suits them.</summary>
    public static WordPieceTokenizer With(WordPieceOptions options) => Tokenizers.GetOrAdd(options, key => new WordPieceTokenizer(
        File.ReadAllLines(Path.Combine(Repository.Root, "tests", "vocab", key.Lowercase ? "uncased" : "cased", "vocab.txt")), key));
}
