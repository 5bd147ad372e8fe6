namespace Endpoints.LoadTest.Tests;

public sealed class LoadTargetTests
{
    [Theory]
    [InlineData("base=http://127.0.0.1:8080/invoke", "base", "http://127.0.0.1:8080/invoke")]
    [InlineData("http://127.0.0.1:8080/endpoints/my%20pruned/invoke", "my pruned", "http://127.0.0.1:8080/endpoints/my%20pruned/invoke")]
    [InlineData("https://example.org/predict?model=a", "example.org", "https://example.org/predict?model=a")]
    [InlineData("http://localhost:99/", "localhost:99", "http://localhost:99/")]
    public void Parse_Text_GivesNameAndUrl(string text, string name, string url)
    {
        LoadTarget target = LoadTarget.Parse(text);

        Assert.Equal((name, url), (target.Name, target.Url.AbsoluteUri));
    }

    [Theory]
    [InlineData("")]
    [InlineData("base")]
    [InlineData("base=")]
    [InlineData("base=/invoke")]
    [InlineData("ftp://127.0.0.1/")]
    public void Parse_OtherText_SaysWhatIsExpected(string text) =>
        Assert.Contains("expected URL or NAME=URL", Assert.Throws<LoadTestException>(() => LoadTarget.Parse(text)).Message, StringComparison.Ordinal);
}
