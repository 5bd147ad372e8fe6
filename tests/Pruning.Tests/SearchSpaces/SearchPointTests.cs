using System.Text.Json;
using Endpoints.Bert;
using Endpoints.Pruning.SearchSpaces;

namespace Endpoints.Pruning.Tests.SearchSpaces;

public sealed class SearchPointTests
{
    [Fact]
    public void Json_FewCoordinates_IsAnArray()
    {
        Assert.Equal("[0,1,1]", Write(new SearchPoint(0, 1, 1)));
        Assert.Equal(new SearchPoint(6, 6, -1536), Read("[6,6,-1536]"));
    }

    [Fact]
    public void Json_PointOfLarge_IsShortAndComesBack()
    {
        ISearchSpace space = Catalogs.SearchSpaces.Create("large", BertConfig.Base(28_996));
        SearchPoint point = space.Sample(new Random(3));
        string text = Write(point);
        Assert.StartsWith("\"37008:", text, StringComparison.Ordinal);
        Assert.InRange(text.Length, 6000, 6200);
        Assert.Equal(point, Read(text));
        Assert.Equal(point.GetHashCode(), Read(text).GetHashCode());
    }

    [Theory]
    [InlineData(65)]
    [InlineData(71)]
    [InlineData(72)]
    [InlineData(73)]
    public void Json_AnyNumberOfBits_ComesBack(int count)
    {
        var random = new Random(count);
        var point = new SearchPoint([.. Enumerable.Range(0, count).Select(_ => random.Next(2))]);
        Assert.Equal('"', Write(point)[0]);
        Assert.Equal(point, Read(Write(point)));
    }

    [Fact]
    public void Json_ManyIntegers_StayAnArray()
    {
        var point = new SearchPoint([.. Enumerable.Range(0, 100)]);
        Assert.Equal('[', Write(point)[0]);
        Assert.Equal(point, Read(Write(point)));
    }

    [Theory]
    [InlineData("7")]
    [InlineData("[1.5]")]
    [InlineData("[\"1\"]")]
    [InlineData("\"\"")]
    [InlineData("\"80:\"")]
    [InlineData("\"80:AAAA\"")]
    [InlineData("\"-80:AAAAAAAAAAAAAA\"")]
    [InlineData("\"99999999999:AAAA\"")]
    public void Json_NoPoint_SaysWhatIsExpected(string text) =>
        Assert.Contains("A point is an array of integers", Assert.Throws<JsonException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void ToString_ManyCoordinates_IsShort() =>
        Assert.Equal("(1, 1, 1, 1, 1, 1, 1, 1, ... 400 coordinates)", new SearchPoint([.. Enumerable.Repeat(1, 400)]).ToString());

    private static string Write(SearchPoint point) => JsonSerializer.Serialize(point);

    private static SearchPoint Read(string text) => JsonSerializer.Deserialize<SearchPoint>(text)!;
}
