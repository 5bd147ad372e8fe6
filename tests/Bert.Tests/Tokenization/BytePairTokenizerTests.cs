using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.Tokenization;

namespace Endpoints.Bert.Tests.Tokenization;

public sealed class BytePairTokenizerTests
{
    private static readonly string[] Special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"];
    private static readonly string[] Bytes = [.. Enumerable.Range(0, 256).Select(value => $"{ByteAlphabet.CharacterOf((byte)value)}")];

    [Theory]
    [InlineData("Hello world", "Hello Ġworld")]
    [InlineData("don't WON'T it'll", "don 't ĠW ON ' T Ġit 'll")]
    [InlineData("a  b", "a Ġ Ġb")]
    [InlineData("a \n b ", "a Ġ Ċ Ġb Ġ")]
    [InlineData("x\u00A0y", "x Âł y")]
    [InlineData("3rd, 42!", "3 rd , Ġ42 !")]
    [InlineData(" <mask>.", "<mask> .")]
    [InlineData("<MASK>", "< MAS K >")]
    [InlineData("<|endoftext|>", "< | end of text | >")]
    public void Encode_RobertasVocabulary_SplitsAsGpt2Does(string text, string expected) =>
        Assert.Equal($"<s> {expected} </s>", Pieces(TestVocabulary.Roberta.Encode(text), TestVocabulary.Roberta));

    [Fact]
    public void Encode_Pair_HasTwoSeparatorsBetweenAndOneType()
    {
        Encoding pair = TestVocabulary.Roberta.Encode("a", "b");
        Assert.Equal("<s> a </s> </s> b </s>", Pieces(pair, TestVocabulary.Roberta));
        Assert.Equal(new int[6], pair.TypeIds);
        Assert.Equal([0, 2, 2, 2], TestVocabulary.Roberta.Encode("", "").Ids);
        Assert.Equal([0, 2], TestVocabulary.Roberta.Encode("").Ids);
    }

    [Theory]
    [InlineData(null, 1, "2 special tokens of a text")]
    [InlineData("", 3, "4 special tokens of a pair of texts")]
    public void Encode_NoRoomForSpecialTokens_Throws(string? pair, int maxLength, string expected)
    {
        var e = Assert.Throws<ArgumentOutOfRangeException>(() => TestVocabulary.Roberta.Encode("a", pair, maxLength));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Encode_AddPrefixSpace_ReadsTheFirstWordAsAnyOther()
    {
        var tokenizer = new BytePairTokenizer(TestVocabulary.Roberta.Tokens, TestVocabulary.Roberta.Merges, new BytePairOptions { AddPrefixSpace = true });
        Assert.Equal("<s> ĠHello Ġworld </s>", Pieces(tokenizer.Encode("Hello world"), tokenizer));
        Assert.Equal("<s> ĠHello <mask> Ġworld </s>", Pieces(tokenizer.Encode(" Hello <mask>world"), tokenizer));
        Assert.Equal("<s> </s>", Pieces(tokenizer.Encode(""), tokenizer));
    }

    [Fact]
    public void Encode_TokenThatItsOwnMergesDoNotReach_IsNotUsed()
    {
        // "bc" merges first, so that "abc" is never made of "ab" and "c".
        var tokenizer = new BytePairTokenizer([.. Special, .. Bytes, "bc", "ab", "abc"], [("b", "c"), ("a", "b"), ("ab", "c")]);
        Assert.Equal("<s> a bc </s>", Pieces(tokenizer.Encode("abc"), tokenizer));
        Assert.Equal("<s> ab d </s>", Pieces(tokenizer.Encode("abd"), tokenizer));
    }

    [Fact]
    public void Encode_EqualPairs_MergeFromTheLeft()
    {
        var tokenizer = new BytePairTokenizer([.. Special, .. Bytes, "aa", "aaaa"], [("a", "a"), ("aa", "aa")]);
        Assert.Equal("<s> aaaa aa a </s>", Pieces(tokenizer.Encode("aaaaaaa"), tokenizer));
    }

    /// <summary>Pieces on both sides of the length at which merging goes another way, against the rule itself.</summary>
    [Theory]
    [InlineData(1, 12, 200)]
    [InlineData(60, 70, 100)]
    [InlineData(300, 400, 20)]
    public void Encode_RandomWords_MergesAsTheRuleSays(int shortest, int longest, int words)
    {
        var random = new Random(shortest);
        string[] made = [.. Enumerable.Range(0, 400).Select(_ => Word(random, "abcé", 2, 4)).Distinct().Where(word => word.Length > 1)];
        (string, string)[] merges = [.. made.SelectMany(Spelling).Distinct()];
        string[] tokens = [.. Special, .. Bytes, .. merges.Select(merge => merge.Item1 + merge.Item2).Distinct()];
        var tokenizer = new BytePairTokenizer(tokens, merges);
        for (int i = 0; i < words; i++)
        {
            string word = Word(random, "abcé", shortest, longest);
            Assert.Equal($"<s> {string.Join(' ', NaiveMerge(word, merges))} </s>", Pieces(tokenizer.Encode(word), tokenizer));
        }
    }

    [Fact]
    public void Encode_WordAsLongAsARequest_IsReadInTime()
    {
        string word = string.Concat(Enumerable.Repeat("antidisestablishmentarianism", 5_000));
        Encoding encoding = TestVocabulary.Roberta.Encode(word);
        Assert.Equal(word, string.Concat(encoding.Ids[1..^1].Select(id => TestVocabulary.Roberta.Tokens[id])));
        Assert.Equal(128, TestVocabulary.Roberta.Encode(word, word, 128).Ids.Length);
    }

    [Fact]
    public void Encode_AnyUtf16_SpellsItsBytesAndKeepsItsPromises()
    {
        var random = new Random(29);
        BytePairTokenizer tokenizer = TestVocabulary.Roberta;
        for (int i = 0; i < 3000; i++)
        {
            string text = RandomText(random);
            int maxLength = random.Next(4, 40);
            Encoding whole = tokenizer.Encode(text), cut = tokenizer.Encode(text, text, maxLength);
            string spelt = string.Concat(System.Text.Encoding.UTF8.GetBytes(text).Select(ByteAlphabet.CharacterOf));
            Assert.Equal(spelt, string.Concat(whole.Ids[1..^1].Select(id => tokenizer.Tokens[id])));
            Assert.Equal(Math.Min(2 * whole.Ids.Length, maxLength), cut.Ids.Length);
            Assert.Equal(2 * whole.Ids.Length > maxLength, cut.Truncated);
        }
    }

    [Fact]
    public void Encode_IntoSpans_AllocatesNothing()
    {
        string text = string.Concat(Enumerable.Repeat("The unaffable tokenizer doesn't run. ", 200));
        string pair = string.Concat(Enumerable.Repeat("Übergrößen 각 中文 <mask> \U0001D15E \uD800 ", 200));
        var (ids, typeIds) = (new int[1001], new int[1001]);
        TestVocabulary.Roberta.Encode(text, pair, ids, typeIds, out _);

        Assert.Equal(0, Allocations.Least(() => TestVocabulary.Roberta.Encode(text, pair, ids, typeIds, out _)));
    }

    [Fact]
    public void Constructor_BadVocabulary_SaysWhatIsWrong()
    {
        AssertRefused("The vocabulary has no token '</s>' among its 257: add it, or name the one to use as sep_token", ["<s>", .. Bytes]);
        AssertRefused("The vocabulary has the token 'a' twice, as id 102 and as id 261", [.. Special, .. Bytes, "a"]);
        AssertRefused("The vocabulary has no token 'Ġ' for byte 0x20: expected one for each of the 256 bytes", [.. Special, .. Bytes.Where(token => token != "Ġ")]);
        AssertRefused("The list of merges: merge 2, 'a bc', needs the token 'bc', which is not among the 262", [.. Special, .. Bytes, "ab"], ("a", "b"), ("a", "bc"));
        AssertRefused("The list of merges: merge 1, 'a c', needs the token 'ac'", [.. Special, .. Bytes, "ab"], ("a", "c"));
        AssertRefused("The list of merges: merge 2, 'a b', is there twice", [.. Special, .. Bytes, "ab"], ("a", "b"), ("a", "b"));
    }

    private static void AssertRefused(string expected, string[] tokens, params (string, string)[] merges)
    {
        var e = Assert.Throws<CheckpointException>(() => new BytePairTokenizer(tokens, merges));
        Assert.StartsWith(expected, e.Message, StringComparison.Ordinal);
    }

    /// <summary>Merges that can make a word, in the characters of bytes, from the left.</summary>
    private static IEnumerable<(string, string)> Spelling(string word)
    {
        string[] bytes = InBytes(word);
        for (int i = 1; i < bytes.Length; i++)
        {
            yield return (string.Concat(bytes[..i]), bytes[i]);
        }
    }

    /// <summary>Rule 3 of the golden README, word for word.</summary>
    private static List<string> NaiveMerge(string word, (string First, string Second)[] merges)
    {
        List<string> tokens = [.. InBytes(word)];
        while (true)
        {
            (string First, string Second)? lowest = merges.Cast<(string First, string Second)?>()
                .FirstOrDefault(merge => Enumerable.Range(0, tokens.Count - 1).Any(i => tokens[i] == merge!.Value.First && tokens[i + 1] == merge.Value.Second));
            if (lowest is null)
            {
                return tokens;
            }

            for (int i = 0; i + 1 < tokens.Count; i++)
            {
                if (tokens[i] == lowest.Value.First && tokens[i + 1] == lowest.Value.Second)
                {
                    tokens[i] += tokens[i + 1];
                    tokens.RemoveAt(i + 1);
                }
            }
        }
    }

    private static string[] InBytes(string word) => [.. System.Text.Encoding.UTF8.GetBytes(word).Select(value => $"{ByteAlphabet.CharacterOf(value)}")];

    private static string Word(Random random, string letters, int shortest, int longest) =>
        string.Concat(Enumerable.Range(0, random.Next(shortest, longest)).Select(_ => letters[random.Next(letters.Length)]));

    private static string RandomText(Random random) => new([.. Enumerable.Range(0, random.Next(60)).SelectMany(_ => random.Next(6) switch
    {
        0 => char.ConvertFromUtf32(random.Next(0x10000, 0x110000)),
        1 => $"{(char)random.Next(0xD800, 0xE000)}",
        2 => $"{(char)random.Next(char.MaxValue + 1)}",
        3 => " ",
        _ => $"{(char)random.Next(128)}",
    })]);

    private static string Pieces(Encoding encoding, BytePairTokenizer tokenizer) => string.Join(' ', encoding.Ids.Select(id => tokenizer.Tokens[id]));
}
