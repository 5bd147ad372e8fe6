using System.Text;
using Endpoints.LoadTest.Targets;
using Endpoints.LoadTest.Users;

namespace Endpoints.LoadTest.Tests.Targets;

public sealed class RequestFormTests
{
    private static readonly LoadPair Pair = new("A \"dog\"\nruns", "It moves");

    [Theory]
    [InlineData("http://h/endpoints/base/invoke", "pairs", """{"premise":"A \u0022dog\u0022\nruns","hypothesis":"It moves"}""", """{"label":"yes","score":1}""")]
    [InlineData("http://h/endpoints/base/invocations", "sagemaker", """{"premise":"A \u0022dog\u0022\nruns","hypothesis":"It moves"}""", """{"score":1,"label":"yes"}""")]
    [InlineData("http://h/invocations", "sagemaker", null, """{"label":"yes"}""")]
    [InlineData(
        "http://h/v2/models/base/infer", "v2",
        """{"inputs":[{"name":"premise","shape":[1],"datatype":"BYTES","data":["A \u0022dog\u0022\nruns"]},{"name":"hypothesis","shape":[1],"datatype":"BYTES","data":["It moves"]}],"outputs":[{"name":"label"}]}""",
        """{"model_name":"base","outputs":[{"name":"label","datatype":"BYTES","shape":[1],"data":["yes"]}]}""")]
    [InlineData("http://h/predict", "tei", """{"inputs":[["A \u0022dog\u0022\nruns","It moves"]]}""", """[[{"score":0.9,"label":"yes"},{"score":0.1,"label":"no"}]]""")]
    public void For_Url_WritesTheProtocolAndReadsItsAnswer(string url, string name, string? body, string answer)
    {
        var form = RequestForm.For(new Uri(url));

        Assert.Equal(name, form.Name);
        Assert.Equal(body ?? Encoding.UTF8.GetString(form.Write(Pair)), Encoding.UTF8.GetString(form.Write(Pair)));
        Assert.True(new AnswerText(form.Answer).Read(Encoding.UTF8.GetBytes(answer), "yes"u8.ToArray())?.Correct);
        Assert.False(new AnswerText(form.Answer).Read(Encoding.UTF8.GetBytes(answer), "no"u8.ToArray())?.Correct);
    }

    [Theory]
    [InlineData("a.b[1].c", """{"x":[1,{"a":0}],"a":{"z":1,"b":[[9],{"d":2,"c":"yes"}]}}""", true)]
    [InlineData("a.b[2].c", """{"a":{"b":[1,{"c":"yes"}]}}""", null)]
    [InlineData("a[0]", """{"a":{"0":"yes"}}""", null)]
    [InlineData("a", """{"a":["yes"]}""", null)]
    [InlineData("a", """{"a":"yes"} trailing""", null)]
    [InlineData("a", """{"a":"yes",""", null)]
    [InlineData("a", "", null)]
    [InlineData("[0]", """["yes"]""", true)]
    public void Agrees_Path_IsFollowed(string path, string answer, bool? expected) =>
        Assert.Equal(expected, new AnswerText(path).Read(Encoding.UTF8.GetBytes(answer), "yes"u8.ToArray())?.Correct);

    [Theory]
    [InlineData("")]
    [InlineData("a..b")]
    [InlineData("a[x]")]
    [InlineData("a[1")]
    public void AnswerText_OtherPath_Throws(string path) =>
        Assert.Contains("is not the path of an answer", Assert.Throws<LoadTestException>(() => new AnswerText(path)).Message, StringComparison.Ordinal);
}
