using Endpoints.Bert.Tokenization;

namespace Endpoints.Bert.Tests.Tokenization;

public sealed class WordPieceFuzzTests
{
    private const int Texts = 3000;

    public static TheoryData<bool, bool?> EveryOption { get; } = new()
    {
        { true, null }, { false, null }, { true, false }, { false, true },
    };

    [Theory]
    [MemberData(nameof(EveryOption))]
    public void Encode_RandomUtf16_KeepsItsPromises(bool lowercase, bool? stripAccents)
    {
        WordPieceTokenizer tokenizer = TestVocabulary.With(new WordPieceOptions { Lowercase = lowercase, StripAccents = stripAccents });
        var random = new Random(17);
        for (int i = 0; i < Texts; i++)
        {
            string text = RandomText(random);
            string? pair = random.Next(3) == 0 ? RandomText(random) : null;
            int maxLength = random.Next(3, 40);
            Encoding whole = tokenizer.Encode(text, pair);
            Encoding cut = tokenizer.Encode(text, pair, maxLength);

            Assert.All(whole.Ids, id => Assert.InRange(id, 0, tokenizer.VocabularySize - 1));
            Assert.Equal(whole.Ids.Length, whole.TypeIds.Length);
            Assert.False(whole.Truncated);
            Assert.Equal(Math.Min(whole.Ids.Length, maxLength), cut.Ids.Length);
            Assert.Equal(whole.Ids.Length > maxLength, cut.Truncated);
            if (pair is null && cut.Truncated)
            {
                Assert.Equal(whole.Ids[..(maxLength - 1)], cut.Ids[..^1]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(EveryOption))]
    public void Encode_InvisibleCharactersBetween_ChangeNothing(bool lowercase, bool? stripAccents)
    {
        // A zero-width space vanishes without a trace, but keeps a word off the path for ASCII: so the two paths are compared.
        WordPieceTokenizer tokenizer = TestVocabulary.With(new WordPieceOptions { Lowercase = lowercase, StripAccents = stripAccents });
        var random = new Random(18);
        for (int i = 0; i < Texts; i++)
        {
            string text = string.Join(' ', Enumerable.Range(0, random.Next(8)).Select(_ => RandomWord(random, tokenizer)));

            Assert.Equal(tokenizer.Encode(string.Join('\u200B', text.AsEnumerable())).Ids, tokenizer.Encode(text).Ids);
        }
    }

    [Fact]
    public void Encode_FromManyThreads_GivesWhatOneThreadGives()
    {
        var random = new Random(19);
        string[] texts = [.. Enumerable.Range(0, Texts).Select(_ => RandomText(random))];
        int[][] expected = [.. texts.Select(text => TestVocabulary.Uncased.Encode(text, text, 64).Ids)];

        int[][] found = new int[texts.Length][];
        Parallel.For(0, texts.Length, i => found[i] = TestVocabulary.Uncased.Encode(texts[i], texts[i], 64).Ids);

        Assert.Equal(expected, found);
    }

    /// <summary>Any UTF-16 at all: well-formed or not, now and then with a special token.</summary>
    private static string RandomText(Random random)
    {
        var units = new List<char>();
        for (int left = random.Next(60); left > 0; left--)
        {
            switch (random.Next(10))
            {
                case 0:
                    units.AddRange(random.Next(2) == 0 ? "[MASK]" : "[SEP");
                    break;
                case < 4:
                    units.Add((char)random.Next(128));
                    break;
                case 4:
                    units.AddRange(char.ConvertFromUtf32(random.Next(0x10000, 0x110000)));
                    break;
                case 5:
                    units.Add((char)random.Next(0xD800, 0xE000));
                    break;
                default:
                    units.Add((char)random.Next(char.MaxValue + 1));
                    break;
            }
        }

        return new string([.. units]);
    }

    /// <summary>ASCII that a vocabulary can mostly spell: pieces of it run together, in any case, and some rubbish.</summary>
    private static string RandomWord(Random random, WordPieceTokenizer tokenizer)
    {
        string word = string.Concat(Enumerable.Range(0, random.Next(1, 4))
            .Select(_ => tokenizer.Tokens[random.Next(1000, tokenizer.VocabularySize)].TrimStart('#'))
            .Where(piece => piece.All(char.IsAscii)));
        return random.Next(6) switch
        {
            0 => word.ToUpperInvariant(),
            1 => word + (char)random.Next(128),
            2 => string.Concat(Enumerable.Repeat(word, random.Next(20))),
            _ => word,
        };
    }
}
