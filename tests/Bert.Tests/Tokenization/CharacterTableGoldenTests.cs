using System.Globalization;
using System.Text;
using System.Text.Json;
using Endpoints.Bert.Tokenization;
using Endpoints.Tests;

namespace Endpoints.Bert.Tests.Tokenization;

public sealed class CharacterTableGoldenTests
{
    private static readonly CharacterTable Uncased = new(lowercase: true, stripAccents: true, isolateIdeographs: true);
    private static readonly CharacterTable Cased = new(lowercase: false, stripAccents: false, isolateIdeographs: true);

    public static TheoryData<string> Files { get; } = Golden.Find("tokenizer", "codepoints.json");

    [Theory]
    [MemberData(nameof(Files))]
    public void KindOf_GoldenCodePoints_MatchesEveryOne(string row)
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(Golden.Found(row)));
        var wrong = new List<string>();
        int checkedCount = 0;
        foreach ((string classes, CharacterTable table) in new[] { ("cased_classes", Cased), ("uncased_classes", Uncased) })
        {
            foreach (JsonElement range in golden.RootElement.GetProperty(classes).EnumerateArray())
            {
                string expected = range[2].GetString()!;
                for (int codePoint = range[0].GetInt32(); codePoint <= range[1].GetInt32() && expected != "-"; codePoint++)
                {
                    checkedCount++;
                    if (Letter(table.KindOf(codePoint)) != expected)
                    {
                        wrong.Add($"{classes} U+{codePoint:X4}: expected {expected}, found {table.KindOf(codePoint)}");
                    }
                }
            }
        }

        Assert.Equal(2 * (0x110000 - 0x800), checkedCount);
        Assert.True(wrong.Count == 0, $"{wrong.Count} differ: {string.Join("; ", wrong.Take(20))}");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Normalize_GoldenCodePoints_MatchesEveryOne(string row)
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(Golden.Found(row)));
        var map = golden.RootElement.GetProperty("uncased_map").EnumerateObject()
            .ToDictionary(entry => int.Parse(entry.Name, NumberStyles.HexNumber, CultureInfo.InvariantCulture), entry => entry.Value.GetString()!);
        var wrong = new List<string>();
        foreach (int codePoint in ScalarValues.Where(value => value is < 0xAC00 or > 0xD7A3))
        {
            string itself = char.ConvertFromUtf32(codePoint);
            if (Uncased.KindOf(codePoint) is CharacterKind.Joins or CharacterKind.Alone
                && Normalized(Uncased, codePoint) != map.GetValueOrDefault(codePoint, itself))
            {
                wrong.Add($"uncased U+{codePoint:X4}");
            }

            if (Cased.KindOf(codePoint) is CharacterKind.Joins or CharacterKind.Alone && Normalized(Cased, codePoint) != itself)
            {
                wrong.Add($"cased U+{codePoint:X4}");
            }
        }

        Assert.NotEmpty(map);
        Assert.True(wrong.Count == 0, $"{wrong.Count} differ: {string.Join("; ", wrong.Take(20))}");
    }

    internal static IEnumerable<int> ScalarValues => Enumerable.Range(0, 0x110000).Where(Rune.IsValid);

    internal static string Normalized(CharacterTable table, int codePoint)
    {
        Span<char> units = stackalloc char[CharacterTable.MaxNormalizedLength];
        int count = table.Normalize(codePoint, units, out int length);
        string text = new(units[..length]);
        Assert.Equal(text.EnumerateRunes().Count(), count);
        return text;
    }

    private static string Letter(CharacterKind kind) => kind switch
    {
        CharacterKind.Removed => "R",
        CharacterKind.Separates => "S",
        CharacterKind.Alone => "P",
        _ => "J",
    };
}
