using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.Tokenization;
using Endpoints.Tests;

namespace Endpoints.Bert.Tests.Tokenization;

public sealed class BytePairFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_WhatSaveWrote_IsTheSameTokenizer()
    {
        var options = new BytePairOptions { AddPrefixSpace = true, UnknownToken = "<u>", ClassToken = "<c>", SeparatorToken = "<e>", PadToken = "<p>", MaskToken = "<m>" };
        var saved = new BytePairTokenizer([.. TestVocabulary.Roberta.Tokens, "<c>", "<e>", "<\"\u2028\\>"], TestVocabulary.Roberta.Merges, options);

        saved.Save(Path.Combine(_folder.Path, "new", "folder"));
        var loaded = Assert.IsType<BytePairTokenizer>(TokenizerFolder.Load(Path.Combine(_folder.Path, "new", "folder")));

        Assert.Equal(options, loaded.Options);
        Assert.Equal(saved.Tokens, loaded.Tokens);
        Assert.Equal(saved.Merges, loaded.Merges);
    }

    [Fact]
    public void Save_RobertasOwnFiles_KeepsEveryMergeLine()
    {
        TestVocabulary.Roberta.Save(_folder.Path);
        Assert.Equal(File.ReadAllLines(Path.Combine(TestVocabulary.RobertaFolder, "merges.txt")), File.ReadAllLines(_folder.File("merges.txt")));
    }

    [Theory]
    [InlineData("{\"<s>\": 0, \"</s>\": 1", "vocab.json: not valid JSON")]
    [InlineData("", "vocab.json: not valid JSON")]
    [InlineData("[\"<s>\"]", "vocab.json: expected a JSON object, found [\"<s>\"]")]
    [InlineData("{\"<s>\": \"0\"}", "expected \"<s>\" to be a whole number, its id, found \"0\"")]
    [InlineData("{\"<s>\": 0, \"</s>\": 2}", "vocab.json: expected the ids 0 to 1, each once, for 2 tokens, found 2 for '</s>'")]
    [InlineData("{\"<s>\": 0, \"</s>\": 0}", "expected the ids 0 to 1, each once, for 2 tokens, found 0 for '</s>'")]
    [InlineData("{\"<s>\": 0, \"a\": 1}", "vocab.json has no token '</s>' among its 2: add it, or name the one to use as sep_token")]
    [InlineData("{\"<s>\": 0, \"</s>\": 1}", "has no token 'Ā' for byte 0x00")]
    public void Load_BrokenVocabulary_IsRefused(string json, string expected)
    {
        Write("vocab.json", json);
        Write("merges.txt", "");
        AssertRefused("vocab.json", expected);
    }

    [Theory]
    [InlineData("#version: 0.2\nĠ t\nĠt", "merges.txt, line 3: expected two tokens with one blank between, found 'Ġt'")]
    [InlineData("Ġ t h\n", "merges.txt, line 1: expected two tokens with one blank between, found 'Ġ t h'")]
    [InlineData("#version: 0.2\nĠ t\nĠ qqzzq\n", "merges.txt: merge 2, 'Ġ qqzzq', needs the token 'qqzzq', which is not among the 50265 of the vocabulary")]
    [InlineData("Ġ t\nĠ t\n", "merges.txt: merge 2, 'Ġ t', is there twice")]
    public void Load_BrokenMerges_AreRefused(string merges, string expected)
    {
        File.Copy(Path.Combine(TestVocabulary.RobertaFolder, "vocab.json"), _folder.File("vocab.json"));
        Write("merges.txt", merges);
        AssertRefused(expected);
    }

    [Fact]
    public void Load_FileMissing_NamesIt()
    {
        AssertRefused("expected a tokenizer (vocab.txt, vocab.json with merges.txt, or tokenizer.json), found none");
        Write("merges.txt", "");
        AssertRefused("vocab.json is missing");
        File.Delete(_folder.File("merges.txt"));
        File.Copy(Path.Combine(TestVocabulary.RobertaFolder, "vocab.json"), _folder.File("vocab.json"));
        AssertRefused("merges.txt is missing");
        Write("vocab.txt", "");
        AssertRefused("expected one tokenizer, found vocab.txt and vocab.json");
    }

    private void Write(string name, string text) => File.WriteAllText(_folder.File(name), text);

    private void AssertRefused(params string[] expected)
    {
        var e = Assert.Throws<CheckpointException>(() => TokenizerFolder.Load(_folder.Path));
        Assert.All(expected, part => Assert.Contains(part, e.Message, StringComparison.Ordinal));
        Assert.StartsWith(_folder.Path, e.Message, StringComparison.Ordinal);
    }
}
