using System.Text.Json;
using Endpoints.Bert.Checkpoints;

namespace Endpoints.Bert.Tokenization;

/// <summary>
/// Reads <c>tokenizer.json</c>, the form of Hugging Face's <c>tokenizers</c>: BERT's WordPiece and RoBERTa's byte-level BPE.
/// Whatever would give other ids is refused by name. Its truncation and padding are left: callers say how long a result may be.
/// </summary>
internal static class TokenizerJsonFile
{
    public const string Name = "tokenizer.json";

    public static ITokenizer Load(string directory)
    {
        TokenizerConfig config = TokenizerConfigFile.Read(directory) ?? new TokenizerConfig();
        return JsonFile.Read<ITokenizer>(Path.Combine(directory, Name), file =>
        {
            JsonFields model = Required(file, "model");
            return model.Text("type") switch
            {
                "WordPiece" => ReadWordPiece(file, model, config.ToWordPieceOptions()),
                "BPE" => ReadBytePair(file, model, config.ToBytePairOptions()),
                _ => throw model.Failure("type", "\"WordPiece\" or \"BPE\", which is what is supported"),
            };
        });
    }

    private static WordPieceTokenizer ReadWordPiece(JsonFields file, JsonFields model, WordPieceOptions options)
    {
        JsonFields normalizer = Required(file, "normalizer");
        RequireText(normalizer, "type", "BertNormalizer");
        RequireFlag(normalizer, "clean_text", true);
        RequireText(Required(file, "pre_tokenizer"), "type", "BertPreTokenizer");
        RequireText(model, "continuing_subword_prefix", PieceTrie.ContinuationPrefix);
        model.Integer("max_input_chars_per_word", WordSplitter.MaxWordLength, WordSplitter.MaxWordLength, absent: WordSplitter.MaxWordLength);
        (string first, string separator) = TokenizerTemplate.Read(Required(file, "post_processor"), separatorsBetween: 1, secondType: 1);
        options = options with
        {
            Lowercase = Flag(normalizer, "lowercase", true),
            StripAccents = normalizer.Value("strip_accents") is null ? null : normalizer.Flag("strip_accents"),
            TokenizeChineseCharacters = Flag(normalizer, "handle_chinese_chars", true),
            UnknownToken = model.Text("unk_token") ?? options.UnknownToken,
            ClassToken = first,
            SeparatorToken = separator,
        };
        var added = ReadAdded(file, options.UnknownToken, first, separator, options.PadToken, options.MaskToken);
        return new WordPieceTokenizer(TokenIds.Read(Required(model, "vocab"), added), options, file.Owner);
    }

    private static BytePairTokenizer ReadBytePair(JsonFields file, JsonFields model, BytePairOptions options)
    {
        if (file.Value("normalizer") is not null)
        {
            throw file.Failure("normalizer", "null, as RoBERTa has it");
        }

        JsonFields split = Required(file, "pre_tokenizer");
        RequireText(split, "type", "ByteLevel");
        RequireFlag(split, "use_regex", true);
        RequireText(model, "continuing_subword_prefix", "");
        RequireText(model, "end_of_word_suffix", "");
        RequireFlag(model, "ignore_merges", false);
        model.Number("dropout", 0, float.Epsilon, absent: 0);
        (string first, string separator) = TokenizerTemplate.Read(Required(file, "post_processor"), separatorsBetween: 2, secondType: 0);
        options = options with
        {
            AddPrefixSpace = Flag(split, "add_prefix_space", true),
            UnknownToken = model.Text("unk_token") ?? options.UnknownToken,
            ClassToken = first,
            SeparatorToken = separator,
        };
        var added = ReadAdded(file, options.UnknownToken, first, separator, options.PadToken, options.MaskToken);
        return new BytePairTokenizer(
            new BytePairVocabulary(TokenIds.Read(Required(model, "vocab"), added), ReadMerges(model), file.Owner, $"{file.Owner}, \"merges\""), options);
    }

    /// <summary>Pairs in one string, as older versions wrote them, or in lists of two.</summary>
    private static (string First, string Second)[] ReadMerges(JsonFields model)
    {
        JsonElement merges = model.Value("merges") is { ValueKind: JsonValueKind.Array } array ? array : throw model.Failure("merges", "a list of pairs of tokens");
        return [.. merges.EnumerateArray().Select((merge, index) => merge switch
        {
            { ValueKind: JsonValueKind.String } => BytePairFiles.Pair(merge.GetString()!),
            { ValueKind: JsonValueKind.Array } when merge.GetArrayLength() == 2 && merge.EnumerateArray().All(part => part.ValueKind == JsonValueKind.String)
                => (merge[0].GetString()!, merge[1].GetString()!),
            _ => null,
        }
        ?? throw new CheckpointException($"{model.Owner}, \"merges\" {index}: expected two tokens, found {JsonFile.Describe(merge)}."))];
    }

    /// <summary>The added tokens, which must be the special ones and be matched as these are.</summary>
    private static List<(string Text, int Id)> ReadAdded(JsonFields file, params string[] known)
    {
        var added = new List<(string, int)>();
        foreach (JsonFields token in file.Value("added_tokens") is null ? [] : file.Objects("added_tokens"))
        {
            string text = token.Text("content") ?? throw token.Failure("content", "a token");
            RequireFlag(token, "single_word", false);
            RequireFlag(token, "rstrip", false);
            added.Add(known.Contains(text) ? (text, token.Integer("id", 0)) : throw token.Failure(
                "content", $"one of the special tokens {string.Join(' ', known)}, which {TokenizerConfigFile.Name} may name otherwise"));
        }

        return added;
    }

    private static JsonFields Required(JsonFields owner, string name) => owner.Object(name) ?? throw owner.Failure(name, "an object");

    /// <summary>A text that must be this one where it is there.</summary>
    private static void RequireText(JsonFields owner, string name, string expected)
    {
        if ((owner.Text(name) ?? expected) != expected)
        {
            throw owner.Failure(name, $"\"{expected}\", which is what is supported");
        }
    }

    /// <summary>A flag that must be this where it is there.</summary>
    private static void RequireFlag(JsonFields owner, string name, bool expected)
    {
        if (Flag(owner, name, expected) != expected)
        {
            throw owner.Failure(name, $"{(expected ? "true" : "false")}, which is what is supported");
        }
    }

    private static bool Flag(JsonFields owner, string name, bool absent) => owner.Value(name) is null ? absent : owner.Flag(name);
}
