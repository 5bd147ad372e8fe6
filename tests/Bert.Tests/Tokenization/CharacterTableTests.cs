using System.Text;
using Endpoints.Bert.Tokenization;

namespace Endpoints.Bert.Tests.Tokenization;

public sealed class CharacterTableTests
{
    private static readonly CharacterTable Stripped = new(lowercase: false, stripAccents: true, isolateIdeographs: true);
    private static readonly CharacterTable Lowered = new(lowercase: true, stripAccents: false, isolateIdeographs: true);
    private static readonly CharacterTable Both = new(lowercase: true, stripAccents: true, isolateIdeographs: true);

    [Fact]
    public void Normalize_StripThenLower_EqualsBoth()
    {
        string Lower(string text) => string.Concat(text.EnumerateRunes().Select(rune => Normalized(Lowered, rune.Value)));

        Assert.Empty(Wrong(codePoint => Lower(Normalized(Stripped, codePoint)) == Normalized(Both, codePoint)));
    }

    [Fact]
    public void Normalize_LowercaseOnly_IsWhatDotNetSays()
    {
        // .NET knows no lower case of several characters, so not that of U+0130; and the tables are younger than .NET's.
        Assert.Empty(Wrong(codePoint => codePoint == 0x130
            || Rune.ToLowerInvariant(new Rune(codePoint)).Value == codePoint
            || Normalized(Lowered, codePoint) == Rune.ToLowerInvariant(new Rune(codePoint)).ToString()));
        Assert.Equal("i\u0307", Normalized(Lowered, 0x130));
    }

    [Theory]
    [InlineData("É", "E")]
    [InlineData("ǖ", "u")]
    [InlineData("각", "\u1100\u1161\u11A8")]
    [InlineData("가", "\u1100\u1161")]
    [InlineData("\u1E9B", "\u017F")]
    [InlineData("ß", "ß")]
    [InlineData("\uF900", "\u8C48")]
    [InlineData("\U0001D15E", "\U0001D157\U0001D165")]
    public void Normalize_StripAccentsOnly_KeepsCase(string text, string expected) =>
        Assert.Equal(expected, Normalized(Stripped, char.ConvertToUtf32(text, 0)));

    [Fact]
    public void KindOf_IdeographsNotIsolated_JoinAndPunctuationStaysAlone()
    {
        var table = new CharacterTable(lowercase: true, stripAccents: true, isolateIdeographs: false);

        Assert.Equal(CharacterKind.Joins, table.KindOf('中'));
        Assert.Equal(CharacterKind.Alone, Both.KindOf('中'));
        Assert.Equal(CharacterKind.Alone, table.KindOf('。'));
    }

    private static string Normalized(CharacterTable table, int codePoint) => CharacterTableGoldenTests.Normalized(table, codePoint);

    private static IEnumerable<string> Wrong(Func<int, bool> isRight) => CharacterTableGoldenTests.ScalarValues
        .Where(codePoint => Both.KindOf(codePoint) is CharacterKind.Joins or CharacterKind.Alone && !isRight(codePoint))
        .Select(codePoint => $"U+{codePoint:X4}");
}
