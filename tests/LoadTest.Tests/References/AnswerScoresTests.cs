using System.Text;
using System.Text.Json;
using Endpoints.LoadTest.References;

namespace Endpoints.LoadTest.Tests.References;

public sealed class AnswerScoresTests
{
    [Theory]
    [InlineData("scores", """{"label":"yes","scores":{"yes":0.75,"no":0.25}}""", 0.05)]
    [InlineData("scores", """{"scores":{"no":0.2,"yes":0.8}}""", 0.0)]
    [InlineData("outputs[1].data", """{"outputs":[{"data":["yes"]},{"data":[0.7,0.3]}]}""", 0.1)]
    [InlineData("[0]", """[[{"score":0.3,"label":"no"},{"more":[1],"label":"yes","score":0.7}]]""", 0.1)]
    [InlineData("scores", """{"scores":{"yes":0.8}}""", null)]
    [InlineData("scores", """{"scores":{"yes":0.8,"maybe":0.2}}""", null)]
    [InlineData("scores", """{"scores":{"yes":0.8,"no":"0.2"}}""", null)]
    [InlineData("scores", """{"scores":[0.8,0.1,0.1]}""", null)]
    [InlineData("scores", """{"scores":[0.8]}""", null)]
    [InlineData("scores", """{"scores":0.8}""", null)]
    [InlineData("scores", """{"scores":{"yes":0.8""", null)]
    [InlineData("scores", """{"label":"yes"}""", null)]
    [InlineData("scores", "hello", null)]
    public void Difference_AnyForm_IsTheLargestOfAScore(string path, string body, double? expected)
    {
        var reference = new ReferenceScores(["yes"u8.ToArray(), "no"u8.ToArray()], [0.8, 0.2]);

        double? found = new AnswerScores(path).Difference(Encoding.UTF8.GetBytes(body), reference);

        Assert.Equal(expected is null, found is null);
        Assert.True(expected is null || Math.Abs(found!.Value - expected.Value) <= 1e-12, $"{found}");
    }

    [Theory]
    [InlineData("""{"scores":{"yes":0.75,"no":0.25}}""", """{"yes":0.75,"no":0.25}""")]
    [InlineData("""{"scores":[1.5,-2]}""", "[1.5,-2]")]
    [InlineData("""{"scores":3.25}""", "[3.25]")]
    [InlineData("""{"scores":[{"label":"b","score":1},{"label":"a","score":2}]}""", """{"b":1,"a":2}""")]
    [InlineData("""{"scores":"high"}""", null)]
    [InlineData("""{"scores":{}}""", null)]
    public void Read_Scores_AreWrittenAsAReference(string body, string? expected)
    {
        ReferenceScores? found = new AnswerScores("scores").Read(Encoding.UTF8.GetBytes(body));

        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            found?.Write(json);
        }

        Assert.Equal(expected ?? "", Encoding.UTF8.GetString(stream.ToArray()));
        Assert.True(found is null || new AnswerScores("scores").Difference(Encoding.UTF8.GetBytes(body), found) == 0);
    }
}
