using System.Text;
using Endpoints.LoadTest.Users;

namespace Endpoints.LoadTest.Tests.Users;

public sealed class AnswerTextTests
{
    [Theory]
    [InlineData("""{"label":"yes"}""", true)]
    [InlineData("""{"scores":{"label":"no"},"label":"\u0079es","more":[{"label":"no"}]}""", true)]
    [InlineData("""{"label":"no"}""", false)]
    [InlineData("""{"label":"Yes"}""", false)]
    [InlineData("""{"label":"yes""", null)]
    [InlineData("""{"label":"yes"} and more""", null)]
    [InlineData("""{"scores":{"label":"yes"}}""", null)]
    [InlineData("""{"label":["yes"]}""", null)]
    [InlineData("""{"label":null}""", null)]
    [InlineData("""["label","yes"]""", null)]
    [InlineData("yes", null)]
    [InlineData("", null)]
    public void Read_Body_ComparesTheFieldOfTheObjectItself(string body, bool? expected) =>
        Assert.Equal(expected, new AnswerText("label").Read(Encoding.UTF8.GetBytes(body), "yes"u8.ToArray())?.Correct);

    [Fact]
    public void Read_NumberOrBool_ComparesAsText()
    {
        Assert.True(new AnswerText("class").Read("""{"class":1}"""u8, "1"u8.ToArray())?.Correct);
        Assert.False(new AnswerText("class").Read("""{"class":10}"""u8, "1"u8.ToArray())?.Correct);
        Assert.True(new AnswerText("class").Read("""{"class":true}"""u8, "true"u8.ToArray())?.Correct);
    }
}
