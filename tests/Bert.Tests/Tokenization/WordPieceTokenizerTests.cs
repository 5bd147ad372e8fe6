using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.Tokenization;

namespace Endpoints.Bert.Tests.Tokenization;

public sealed class WordPieceTokenizerTests
{
    private static readonly string[] Special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

    [Fact]
    public void Encode_WordOfPieces_TakesLongestFirst()
    {
        // "unaffable" must not become "una", which leaves "##ffable" unspelt: that word is unknown.
        Assert.Equal("un ##aff ##able", Pieces("unaffable", "un", "##aff", "##able", "##a"));
        Assert.Equal("[UNK]", Pieces("unaffable", "una", "un", "##aff", "##able"));
    }

    [Fact]
    public void Encode_OneWordUnknown_LeavesItsNeighbours() => Assert.Equal("ab [UNK] ab", Pieces("ab abx ab", "ab", "##a"));

    [Fact]
    public void Encode_PieceOfContinuation_DoesNotBeginAWord() => Assert.Equal("[UNK]", Pieces("able", "##able"));

    [Theory]
    [InlineData("a")]
    [InlineData("é")]
    [InlineData("\U00010428")]
    public void Encode_WordOf101CodePoints_IsUnknown(string letter)
    {
        string hundred = string.Concat(Enumerable.Repeat(letter, WordSplitter.MaxWordLength));
        string[] vocabulary = [letter, "##" + letter];

        Assert.DoesNotContain("[UNK]", Pieces(hundred, new WordPieceOptions { StripAccents = false }, vocabulary));
        Assert.Equal("[UNK]", Pieces(hundred + letter, new WordPieceOptions { StripAccents = false }, vocabulary));
    }

    [Fact]
    public void Encode_LongWordInVocabulary_IsUnknownAllTheSame()
    {
        string word = new('a', WordSplitter.MaxWordLength + 1);

        Assert.Equal("[UNK] . b", Pieces(word + ". b", word, ".", "b"));
    }

    [Fact]
    public void Encode_AccentsKeptInLowerCase_FindsAccentedToken()
    {
        string[] vocabulary = ["über", "uber"];

        Assert.Equal("über", Pieces("Über", new WordPieceOptions { StripAccents = false }, vocabulary));
        Assert.Equal("uber", Pieces("Über", new WordPieceOptions(), vocabulary));
        Assert.Equal("[UNK]", Pieces("Über", new WordPieceOptions { Lowercase = false, StripAccents = true }, vocabulary));
        Assert.Equal("uber", Pieces("über", new WordPieceOptions { Lowercase = false, StripAccents = true }, vocabulary));
    }

    [Fact]
    public void Encode_ChineseNotTokenized_StaysOneWord()
    {
        string[] vocabulary = ["中", "##文", "文"];

        Assert.Equal("中 文", Pieces("中文", new WordPieceOptions(), vocabulary));
        Assert.Equal("中 ##文", Pieces("中文", new WordPieceOptions { TokenizeChineseCharacters = false }, vocabulary));
    }

    [Fact]
    public void Encode_OwnSpecialTokens_AreFoundLiterallyAndLongestFirst()
    {
        var options = new WordPieceOptions { UnknownToken = "<u>", ClassToken = "<s>", SeparatorToken = "<s>>", PadToken = "", MaskToken = "<m>" };
        var tokenizer = new WordPieceTokenizer(["<u>", "<s>", "<s>>", "", "a", "m", "<", ">"], options);

        // <m> is not in this vocabulary, so it is punctuation and a word.
        Assert.Equal("<s> a <s>> <s> a < m > <u> <s>>", Pieces(tokenizer.Encode("a<s>><s>A<m>?"), tokenizer));
    }

    [Theory]
    [InlineData(null, 1, "2 special tokens of a text")]
    [InlineData(null, -5, "2 special tokens of a text")]
    [InlineData("", 2, "3 special tokens of a pair of texts")]
    public void Encode_NoRoomForSpecialTokens_Throws(string? pair, int maxLength, string expected)
    {
        var e = Assert.Throws<ArgumentOutOfRangeException>(() => TestVocabulary.Uncased.Encode("a", pair, maxLength));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.Equal("maxLength", e.ParamName);
    }

    [Fact]
    public void Encode_SpansTooShort_Throws()
    {
        static string? Refused(int ids, int typeIds) => Assert.Throws<ArgumentOutOfRangeException>(
            () => TestVocabulary.Uncased.Encode("a", new int[ids], new int[typeIds], out _)).ParamName;

        Assert.Equal("ids", Refused(ids: 1, typeIds: 1));
        Assert.Equal("typeIds", Refused(ids: 9, typeIds: 8));
    }

    [Fact]
    public void Encode_NothingLeft_GivesSpecialTokensOnly()
    {
        Assert.Equal([101, 102], TestVocabulary.Uncased.Encode(" \u200B\t").Ids);
        Assert.Equal([101, 102, 102], TestVocabulary.Uncased.Encode("", "").Ids);
        Assert.Equal([0, 0, 1], TestVocabulary.Uncased.Encode("", "").TypeIds);
        Assert.Equal([101, 102], TestVocabulary.Uncased.Encode("word", maxLength: 2).Ids);
        Assert.True(TestVocabulary.Uncased.Encode("word", maxLength: 2).Truncated);
        Assert.False(TestVocabulary.Uncased.Encode("word", maxLength: 3).Truncated);
    }

    [Fact]
    public void Encode_IntoSpans_AllocatesNothing()
    {
        // Longer than the stack buffers, so that rented ones are needed too; the second text holds what takes the slow paths.
        string text = string.Concat(Enumerable.Repeat("The unaffable tokenizer runs. ", 200));
        string pair = string.Concat(Enumerable.Repeat("Übergrößen 각 中文 [MASK] \U0001D15E \uD800 ", 200));
        var (ids, typeIds) = (new int[1001], new int[1001]);
        TestVocabulary.Uncased.Encode(text, pair, ids, typeIds, out _);

        Assert.Equal(0, Allocations.Least(() => TestVocabulary.Uncased.Encode(text, pair, ids, typeIds, out _)));
        Assert.Equal(1001, TestVocabulary.Uncased.Encode(text, pair, ids, typeIds, out _));
    }

    [Theory]
    [InlineData("", "has no token '[SEP]' among its 2")]
    [InlineData("[SEP] a b a", "the token 'a' twice, as id 3 and as id 5")]
    [InlineData("[SEP] a\nb", "token of id 3 that cannot be a line of vocab.txt")]
    public void Constructor_BadVocabulary_SaysWhatIsWrong(string rest, string expected)
    {
        string[] tokens = ["[UNK]", "[CLS]", .. rest.Split(' ', StringSplitOptions.RemoveEmptyEntries)];

        var e = Assert.Throws<CheckpointException>(() => new WordPieceTokenizer(tokens));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.StartsWith("The vocabulary ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_LoneSurrogate_IsRefused()
    {
        var e = Assert.Throws<CheckpointException>(() => new WordPieceTokenizer([.. Special, "a\uD800"]));
        Assert.Contains("token of id 5 that cannot be a line of vocab.txt", e.Message, StringComparison.Ordinal);
    }

    private static string Pieces(string text, params string[] vocabulary) => Pieces(text, new WordPieceOptions(), vocabulary);

    /// <summary>The tokens of a text without the [CLS] and [SEP] around them.</summary>
    private static string Pieces(string text, WordPieceOptions options, params string[] vocabulary)
    {
        var tokenizer = new WordPieceTokenizer([.. Special, .. vocabulary], options);
        Encoding encoding = tokenizer.Encode(text);
        return Pieces(encoding with { Ids = encoding.Ids[1..^1] }, tokenizer);
    }

    private static string Pieces(Encoding encoding, WordPieceTokenizer tokenizer) => string.Join(' ', encoding.Ids.Select(id => tokenizer.Tokens[id]));
}
