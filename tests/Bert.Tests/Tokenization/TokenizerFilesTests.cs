using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.Tokenization;
using Endpoints.Tests;

namespace Endpoints.Bert.Tests.Tokenization;

public sealed class TokenizerFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_WhatSaveWrote_IsTheSameTokenizer()
    {
        var options = new WordPieceOptions
        {
            Lowercase = false,
            StripAccents = true,
            TokenizeChineseCharacters = false,
            UnknownToken = "<unk>",
            ClassToken = "<s>",
            SeparatorToken = "</s>",
            PadToken = "<pad>",
            MaskToken = "<mask>",
        };
        var saved = new WordPieceTokenizer(["<pad>", "<unk>", "<s>", "</s>", "<mask>", "é", "\u2028", "##\U0001F600", ""], options);

        saved.Save(Path.Combine(_folder.Path, "new", "folder"));
        WordPieceTokenizer loaded = WordPieceTokenizer.Load(Path.Combine(_folder.Path, "new", "folder"));

        Assert.Equal(options, loaded.Options);
        Assert.Equal(saved.Tokens, loaded.Tokens);
        Assert.Equal(saved.VocabularySize, loaded.VocabularySize);
    }

    [Fact]
    public void Load_VocabularyOnly_IsUncasedBert()
    {
        Write("vocab.txt", "[UNK]\r\n[CLS]\r\n[SEP]\r\nword\r\n");

        WordPieceTokenizer tokenizer = WordPieceTokenizer.Load(_folder.Path);

        Assert.Equal(new WordPieceOptions(), tokenizer.Options);
        Assert.Equal([1, 3, 2], tokenizer.Encode("WÖRD").Ids);
    }

    [Fact]
    public void Load_TokensAsObjectsNullsAndOtherSettings_AreUnderstood()
    {
        Write("vocab.txt", "<u>\n[CLS]\n[SEP]\n");
        Write("tokenizer_config.json", """
            {
              "unk_token": { "__type": "AddedToken", "content": "<u>", "lstrip": false },
              "cls_token": "[CLS]", "sep_token": null, "strip_accents": null, "do_lower_case": false,
              "model_max_length": 1000000000000000019884624838656, "never_split": null
            }
            """);

        Assert.Equal(new WordPieceOptions { Lowercase = false, UnknownToken = "<u>" }, WordPieceTokenizer.Load(_folder.Path).Options);
    }

    [Fact]
    public void Load_NoVocabulary_NamesTheFile() => AssertRefused("vocab.txt is missing");

    [Fact]
    public void Load_NoFolder_NamesTheFile()
    {
        var e = Assert.Throws<CheckpointException>(() => WordPieceTokenizer.Load(_folder.File("nowhere")));
        Assert.Contains("vocab.txt is missing", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_DuplicateToken_NamesBothPlaces()
    {
        Write("vocab.txt", "[UNK]\n[CLS]\n[SEP]\nword\nword\n");

        AssertRefused("vocab.txt has the token 'word' twice, as id 3 and as id 4");
    }

    [Fact]
    public void Load_SpecialTokenMissing_NamesItAndItsSetting()
    {
        Write("vocab.txt", "[UNK]\n[SEP]\nword\n");

        AssertRefused("vocab.txt has no token '[CLS]' among its 3: add it, or name the one to use as cls_token");
    }

    [Fact]
    public void Load_VocabularyNotUtf8_SaysSo()
    {
        File.WriteAllBytes(_folder.File("vocab.txt"), [0x5B, 0xFF, 0xFE, 0x0A]);

        AssertRefused("vocab.txt is not UTF-8 text");
    }

    [Theory]
    [InlineData("{\n\"do_lower_case\": tru }", "line 2, at $.do_lower_case")]
    [InlineData("{\n\"do_lower_case\": \"yes\" }", "line 2, at $.do_lower_case")]
    [InlineData("{ \"unk_token\": 7 }", "line 1, at $.unk_token")]
    [InlineData("{ \"unk_token\": {} }", "line 1, at $.unk_token")]
    [InlineData("[]", "line 1, at $:")]
    [InlineData("null", "line 1, at $:")]
    [InlineData("", "line 1, at $:")]
    public void Load_MalformedConfig_NamesFileAndPlace(string json, string expected)
    {
        Write("vocab.txt", "[UNK]\n[CLS]\n[SEP]\n");
        Write("tokenizer_config.json", json);

        AssertRefused("tokenizer_config.json", expected);
    }

    private void Write(string name, string text) => File.WriteAllText(_folder.File(name), text);

    private void AssertRefused(params string[] expected)
    {
        var e = Assert.Throws<CheckpointException>(() => WordPieceTokenizer.Load(_folder.Path));
        Assert.All(expected, part => Assert.Contains(part, e.Message, StringComparison.Ordinal));
        Assert.StartsWith(_folder.Path, e.Message, StringComparison.Ordinal);
    }
}
