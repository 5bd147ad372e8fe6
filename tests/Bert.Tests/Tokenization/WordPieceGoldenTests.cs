using System.Text.Json;
using Endpoints.Bert.Tokenization;
using Endpoints.Tests;

namespace Endpoints.Bert.Tests.Tokenization;

public sealed class WordPieceGoldenTests
{
    public static TheoryData<string> Files { get; } = Golden.Find("tokenizer", "*cased*.jsonl");

    [Theory]
