using System.Text.Json;
using Endpoints.Bert.Tokenization;
using Endpoints.Tests;

namespace Endpoints.Bert.Tests.Tokenization;

public sealed class TokenizerGoldenTests
{
    /// <summary>Files whose names begin with cased, uncased or roberta.</summary>
    public static TheoryData<string> Files { get; } = Golden.Find("tokenizer", "*.jsonl");

    [Theory]
    [MemberData(nameof(Files))]
    public void Encode_GoldenFile_MatchesEveryLine(string row)
    {
        string path = Golden.Found(row);
        SubwordTokenizer tokenizer = TestVocabulary.For(path);
        string[] lines = File.ReadAllLines(path);
        var wrong = lines.Select((line, index) => Mismatch(tokenizer, index + 1, line)).OfType<string>().ToList();

        Assert.NotEmpty(lines);
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {lines.Length} lines of {path} differ.\n{string.Join('\n', wrong.Take(10))}");
    }

    /// <summary>What is wrong with a line; null if nothing is.</summary>
    private static string? Mismatch(SubwordTokenizer tokenizer, int number, string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement root = document.RootElement;
        string text = Text(root, "text")!;
        string? pair = Text(root, "pair");
        int? maxLength = root.GetProperty("max_length") is { ValueKind: JsonValueKind.Number } value ? value.GetInt32() : null;
        int[] ids = Integers(root.GetProperty("ids"));
        int[] typeIds = Integers(root.GetProperty("type_ids"));

        Encoding encoding = tokenizer.Encode(text, pair, maxLength);
        if (!encoding.Ids.SequenceEqual(ids) || !encoding.TypeIds.SequenceEqual(typeIds))
        {
            return $"line {number}: expected {string.Join(' ', ids)}, found {string.Join(' ', encoding.Ids)}";
        }

        int[] spanIds = new int[maxLength ?? ids.Length];
        int[] spanTypeIds = new int[spanIds.Length];
        int length = pair is null
            ? tokenizer.Encode(text, spanIds, spanTypeIds, out bool truncated)
            : tokenizer.Encode(text, pair, spanIds, spanTypeIds, out truncated);
        return spanIds.AsSpan(0, length).SequenceEqual(ids) && spanTypeIds.AsSpan(0, length).SequenceEqual(typeIds) && truncated == encoding.Truncated
            ? null
            : $"line {number}: the overload with spans gave {string.Join(' ', spanIds.Take(length))}, truncated {truncated}";
    }

    /// <summary>A text, or one given as UTF-16 code units because it is ill-formed.</summary>
    private static string? Text(JsonElement root, string name)
    {
        JsonElement value = root.TryGetProperty(name, out JsonElement text) ? text : root.GetProperty($"{name}_utf16");
        return value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.Array => new string([.. Integers(value).Select(unit => (char)unit)]),
            _ => value.GetString(),
        };
    }

    private static int[] Integers(JsonElement array) => [.. array.EnumerateArray().Select(element => element.GetInt32())];
}
