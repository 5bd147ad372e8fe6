using Endpoints.LoadTest.References;
using Endpoints.LoadTest.Tests.Support;
using Endpoints.Tests;

namespace Endpoints.LoadTest.Tests.References;

public sealed class ReferenceFileTests : IDisposable
{
    private static readonly LoadPair[] Pairs = [new("a", "b"), new("c", "d")];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_LinesOfPredict_AreTheReferences()
    {
        ReferenceScores[] found = Read("""{"label":"x","scores":{"x":0.9,"y":0.1},"logits":[2,-0.2]}""", "", """{"premise":"c","hypothesis":"d","logits":[1,2,3]}""");

        Assert.Equal([0.9, 0.1], found[0].Values);
        Assert.Equal([1.0, 2, 3], found[1].Values);
        Assert.Null(found[1].Names);
    }

    [Theory]
    [InlineData("""{"scores":[1]}""", """{"scores":[1]} """ + "\n" + """{"scores":[1]}""", "has 3 references, and there are 2 pairs")]
    [InlineData("""{"scores":[1]}""", """{"label":"x"}""", "line 2: expected an object with scores, logits or a value")]
    [InlineData("""{"scores":{}}""", """{"scores":[1]}""", "line 1: expected an object with scores")]
    [InlineData("""{"scores":[1]}""", "[1]", "line 2: expected an object")]
    [InlineData("""{"scores":[1]}""", "{", "line 2 is not JSON")]
    [InlineData("""{"scores":[1]}""", """{"premise":"C","scores":[1]}""", "line 2: its premise is not that of the pair")]
    public void Read_OtherFile_SaysWhatAndWhere(string first, string second, string expected) =>
        Assert.Contains(expected, Assert.Throws<LoadTestException>(() => Read(first, second)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task WriteAsync_Target_GivesWhatReadTakes()
    {
        using var server = new CannedServer(i => Canned.Of(Answer($$$"""{"label":"x","scores":{"x":0.{{{i + 1}}},"y":0.5}}""")));
        string path = _folder.File("reference.jsonl");

        await ReferenceFile.WriteAsync(path, new LoadTarget("base", server.Url), Pairs, Sample.Options(), TimeProvider.System, default);

        Assert.Equal([0.1, 0.5, 0.2, 0.5], ReferenceFile.Read(path, Pairs).SelectMany(scores => scores.Values));
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task WriteAsync_NoScores_SaysWhichPairAndWritesNothing()
    {
        using var server = new CannedServer(i => Canned.Of(Answer(i == 0 ? """{"scores":[1]}""" : """{"label":"x"}""")));
        string path = _folder.File("reference.jsonl");

        var error = await Assert.ThrowsAsync<LoadTestException>(
            () => ReferenceFile.WriteAsync(path, new LoadTarget("base", server.Url), Pairs, Sample.Options(), TimeProvider.System, default));

        Assert.Contains("to pair 2 has no scores at 'scores'", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(path));
    }

    private static string Answer(string body) => $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    private ReferenceScores[] Read(params string[] lines)
    {
        string path = _folder.File("reference.jsonl");
        File.WriteAllLines(path, lines);
        return ReferenceFile.Read(path, Pairs);
    }
}
