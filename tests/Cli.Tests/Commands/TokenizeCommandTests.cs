using System.Text.Json;
using Endpoints.Tests;

namespace Endpoints.Cli.Tests.Commands;

public sealed class TokenizeCommandTests
{
    private static readonly string Vocabulary = Path.Combine(Repository.Root, "tests", "vocab", "uncased");

    [Fact]
    public async Task Tokenize_LinesOfTextsAndPairs_WritesIdsInOrder()
    {
        Cli.Run run = await Cli.WithInputAsync(
            """
            {"text": "hello world", "tag": "ignored"}

            {"text": "hello", "pair": "world", "max_length": null}
            {"text": "hello world again", "pair": null, "max_length": 4}
            """,
            "tokenize", "--model", Vocabulary);
        Assert.Equal(0, run.Code);
        Assert.Equal(
            [
                """{"ids":[101,7592,2088,102],"type_ids":[0,0,0,0]}""",
                """{"ids":[101,7592,102,2088,102],"type_ids":[0,0,0,1,1]}""",
                """{"ids":[101,7592,2088,102],"type_ids":[0,0,0,0]}""",
            ],
            run.Lines);
    }

    [Fact]
    public async Task Tokenize_GoldenCases_MatchesThroughTheCommand()
    {
        string[] cases = [.. File.ReadLines(Path.Combine(Repository.Root, "tests", "golden", "tokenizer", "uncased.jsonl")).Take(300)];
        Cli.Run run = await Cli.WithInputAsync(string.Join('\n', cases), "tokenize", "--model", Vocabulary);
        Assert.Equal(cases.Length, run.Lines.Length);
        foreach ((string expected, string actual) in cases.Zip(run.Lines))
        {
            Assert.Equal(Ids(expected), Ids(actual));
        }
    }

    [Theory]
    [InlineData("{\"txt\": \"a\"}", "Line 1 has no \"text\"")]
    [InlineData("{\"text\": \"a\"}\n{oops", "Line 2 is not the JSON object")]
    [InlineData("[1]", "Line 1 is not the JSON object")]
    public async Task Tokenize_BrokenLine_NamesIt(string input, string expected)
    {
        Cli.Run run = await Cli.WithInputAsync(input, "tokenize", "--model", Vocabulary);
        Assert.Equal(1, run.Code);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    private static string Ids(string line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty("ids").GetRawText().Replace(" ", "", StringComparison.Ordinal);
    }
}
