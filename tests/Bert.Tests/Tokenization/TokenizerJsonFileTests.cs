using System.Text.Json.Nodes;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.Tokenization;
using Endpoints.Tests;

namespace Endpoints.Bert.Tests.Tokenization;

public sealed class TokenizerJsonFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Load_Roberta_IsTheTokenizerOfItsFiles(bool asLists)
    {
        Write(Roberta(asLists));

        var loaded = Assert.IsType<BytePairTokenizer>(TokenizerFolder.Load(_folder.Path));

        Assert.Equal(new BytePairOptions(), loaded.Options);
        Assert.Equal(TestVocabulary.Roberta.Tokens, loaded.Tokens);
        Assert.Equal(TestVocabulary.Roberta.Merges, loaded.Merges);
    }

    [Fact]
    public void Load_Bert_IsTheTokenizerOfItsVocabulary()
    {
        JsonObject file = Bert();
        file["normalizer"]!["lowercase"] = false;
        file["normalizer"]!["strip_accents"] = true;
        file["truncation"] = JsonNode.Parse("{\"max_length\":4,\"strategy\":\"LongestFirst\",\"stride\":0}");
        Write(file);

        var loaded = Assert.IsType<WordPieceTokenizer>(TokenizerFolder.Load(_folder.Path));

        Assert.Equal(new WordPieceOptions { Lowercase = false, StripAccents = true }, loaded.Options);
        Assert.Equal(TestVocabulary.Uncased.Tokens, loaded.Tokens);
        Assert.Equal(6, loaded.Encode("the quick fox runs").Ids.Length);
    }

    [Fact]
    public void Load_BertOfProcessingByName_IsUnderstood()
    {
        JsonObject file = Bert();
        file["post_processor"] = JsonNode.Parse("{\"type\":\"BertProcessing\",\"sep\":[\"[SEP]\",102],\"cls\":[\"[CLS]\",101]}");
        Write(file);
        Assert.Equal(TestVocabulary.Uncased.Encode("a", "b").Ids, TokenizerFolder.Load(_folder.Path).Encode("a", "b").Ids);
    }

    [Fact]
    public void Load_TemplateOfRoberta_IsUnderstood()
    {
        JsonObject file = Roberta(asLists: false);
        file["post_processor"] = Template("<s>", "</s>", 2, 0);
        Write(file);
        Assert.Equal(TestVocabulary.Roberta.Encode("a", "b").Ids, TokenizerFolder.Load(_folder.Path).Encode("a", "b").Ids);
    }

    [Fact]
    public void Load_AddedTokenOutsideTheVocabulary_TakesItsId()
    {
        JsonObject file = Roberta(asLists: false);
        file["model"]!["vocab"]!.AsObject().Remove("<mask>");
        Write(file);
        Assert.Equal([0, 50264, 2], TokenizerFolder.Load(_folder.Path).Encode(" <mask>").Ids);
    }

    public static TheoryData<string, string, string> Unsupported => new()
    {
        { "model.type", "\"Unigram\"", "\"model\": expected \"type\" to be \"WordPiece\" or \"BPE\", which is what is supported, found \"Unigram\"" },
        { "model", "null", "expected \"model\" to be an object, found null" },
        { "model.dropout", "0.1", "expected \"dropout\" to be a number from 0 to below" },
        { "model.end_of_word_suffix", "\"/w\"", "expected \"end_of_word_suffix\" to be \"\", which is what is supported, found \"/w\"" },
        { "model.ignore_merges", "true", "expected \"ignore_merges\" to be false" },
        { "model.merges", "[\"a b\", \"ab\"]", "\"merges\" 1: expected two tokens, found \"ab\"" },
        { "model.merges", "{}", "expected \"merges\" to be a list of pairs of tokens" },
        { "normalizer", "{\"type\":\"NFC\"}", "expected \"normalizer\" to be null, as RoBERTa has it" },
        { "pre_tokenizer.type", "\"Metaspace\"", "expected \"type\" to be \"ByteLevel\", which is what is supported, found \"Metaspace\"" },
        { "post_processor.type", "\"BertProcessing\"", "expected \"type\" to be \"RobertaProcessing\" or \"TemplateProcessing\"" },
        { "post_processor.cls", "7", "expected \"cls\" to be a token and its id, found 7" },
        { "added_tokens", "[{\"id\":50265,\"content\":\"[URL]\"}]", "expected \"content\" to be one of the special tokens <unk> <s> </s> <pad> <mask>" },
        { "added_tokens", "[{\"id\":4,\"content\":\"<s>\"}]", "expected '<s>' to have the id 4 of the added token, found 0" },
        { "added_tokens", "[{\"id\":0,\"content\":\"<s>\",\"rstrip\":true}]", "expected \"rstrip\" to be false" },
    };

    [Theory, MemberData(nameof(Unsupported))]
    public void Load_WhatWouldGiveOtherIds_IsRefused(string field, string json, string expected)
    {
        JsonObject file = Roberta(asLists: false);
        string[] path = field.Split('.');
        JsonObject owner = path.Length == 1 ? file : file[path[0]]!.AsObject();
        owner[path[^1]] = JsonNode.Parse(json);
        AssertRefused(file, expected);
    }

    [Fact]
    public void Load_PairOfAnotherLayout_IsRefused()
    {
        JsonObject file = Roberta(asLists: false);
        file["post_processor"] = Template("<s>", "</s>", 1, 1);
        AssertRefused(file, "expected \"pair\" to be <s>:0 A:0 </s>:0 </s>:0 B:0 </s>:0", "found <s>:0 A:0 </s>:0 B:1 </s>:1");
        JsonObject bert = Bert();
        bert["normalizer"]!["clean_text"] = false;
        AssertRefused(bert, "\"normalizer\": expected \"clean_text\" to be true");
    }

    private void AssertRefused(JsonObject file, params string[] expected)
    {
        Write(file);
        var e = Assert.Throws<CheckpointException>(() => TokenizerFolder.Load(_folder.Path));
        Assert.StartsWith(_folder.File("tokenizer.json"), e.Message, StringComparison.Ordinal);
        Assert.All(expected, part => Assert.Contains(part, e.Message, StringComparison.Ordinal));
    }

    private void Write(JsonObject file) => File.WriteAllText(_folder.File("tokenizer.json"), file.ToJsonString());

    private static JsonObject Roberta(bool asLists) => new()
    {
        ["version"] = "1.0",
        ["added_tokens"] = new JsonArray([.. ((string[])["<s>", "<pad>", "</s>", "<unk>", "<mask>"]).Select(token => Added(token, TestVocabulary.Roberta))]),
        ["normalizer"] = null,
        ["pre_tokenizer"] = JsonNode.Parse("{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":true}"),
        ["post_processor"] = JsonNode.Parse("{\"type\":\"RobertaProcessing\",\"sep\":[\"</s>\",2],\"cls\":[\"<s>\",0],\"trim_offsets\":true,\"add_prefix_space\":false}"),
        ["model"] = new JsonObject
        {
            ["type"] = "BPE",
            ["dropout"] = null,
            ["unk_token"] = null,
            ["continuing_subword_prefix"] = "",
            ["vocab"] = Vocabulary(TestVocabulary.Roberta),
            ["merges"] = new JsonArray([.. TestVocabulary.Roberta.Merges.Select(merge => asLists ? (JsonNode)new JsonArray(merge.First, merge.Second) : $"{merge.First} {merge.Second}")]),
        },
    };

    private static JsonObject Bert() => new()
    {
        ["added_tokens"] = new JsonArray([.. ((string[])["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]).Select(token => Added(token, TestVocabulary.Uncased))]),
        ["normalizer"] = JsonNode.Parse("{\"type\":\"BertNormalizer\",\"clean_text\":true,\"handle_chinese_chars\":true,\"strip_accents\":null,\"lowercase\":true}"),
        ["pre_tokenizer"] = JsonNode.Parse("{\"type\":\"BertPreTokenizer\"}"),
        ["post_processor"] = Template("[CLS]", "[SEP]", 1, 1),
        ["model"] = new JsonObject
        {
            ["type"] = "WordPiece",
            ["unk_token"] = "[UNK]",
            ["continuing_subword_prefix"] = "##",
            ["max_input_chars_per_word"] = 100,
            ["vocab"] = Vocabulary(TestVocabulary.Uncased),
        },
    };

    private static JsonObject Template(string first, string separator, int separatorsBetween, int secondType)
    {
        JsonObject Token(string token, int type) => new() { ["SpecialToken"] = new JsonObject { ["id"] = token, ["type_id"] = type } };
        JsonObject Text(string name, int type) => new() { ["Sequence"] = new JsonObject { ["id"] = name, ["type_id"] = type } };
        return new JsonObject
        {
            ["type"] = "TemplateProcessing",
            ["single"] = new JsonArray(Token(first, 0), Text("A", 0), Token(separator, 0)),
            ["pair"] = new JsonArray(
                [Token(first, 0), Text("A", 0), .. Enumerable.Range(0, separatorsBetween).Select(_ => Token(separator, 0)), Text("B", secondType), Token(separator, secondType)]),
        };
    }

    private static JsonObject Added(string token, SubwordTokenizer tokenizer) => new()
    {
        ["id"] = tokenizer.Tokens.ToList().IndexOf(token),
        ["content"] = token,
        ["single_word"] = false,
        ["lstrip"] = token == "<mask>",
        ["rstrip"] = false,
        ["normalized"] = false,
        ["special"] = true,
    };

    private static JsonObject Vocabulary(SubwordTokenizer tokenizer) => new(tokenizer.Tokens.Select((token, id) => KeyValuePair.Create(token, (JsonNode?)id)));
}
