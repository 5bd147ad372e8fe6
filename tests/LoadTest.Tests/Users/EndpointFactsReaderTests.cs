using System.Text;
using Endpoints.LoadTest.Results;
using Endpoints.LoadTest.Users;

namespace Endpoints.LoadTest.Tests.Users;

public sealed class EndpointFactsReaderTests
{
    private const string Catalog = """
        {"engine":"cpu","endpoints":[
          {"name":"base","default":true,"subNetwork":"full","parameters":{"kept":100,"total":100},"accuracy":0.9,"task":"demo","split":"test"},
          {"name":"pruned","default":false,"precision":"int8","parameters":{"kept":40,"total":100}}]}
        """;

    [Fact]
    public void Find_Named_GivesThatEndpoint() =>
        Assert.Equal(new EndpointFacts { Name = "pruned", Precision = "int8", Parameters = 40, ParametersBeforePruning = 100 }, Find(Catalog, "pruned"));

    [Fact]
    public void Find_NoName_GivesTheDefault() => Assert.Equal(0.9, Find(Catalog, null)?.Accuracy);

    [Theory]
    [InlineData(Catalog, "other")]
    [InlineData("{}", "base")]
    [InlineData("[]", null)]
    [InlineData("3", null)]
    [InlineData("""{"endpoints":{"base":1}}""", "base")]
    [InlineData("""{"endpoints":[1,"base",null]}""", "base")]
    public void Find_OtherShapes_GivesNothing(string json, string? name) => Assert.Null(Find(json, name));

    [Fact]
    public void Find_PlainArrayAndNumbers_AreUnderstood() =>
        Assert.Equal(new EndpointFacts { Name = "a", Parameters = 7 }, Find("""[{"name":"a","parameters":7,"accuracy":"high"}]""", "a"));

    private static EndpointFacts? Find(string json, string? name) => EndpointFactsReader.Find(Encoding.UTF8.GetBytes(json), name);
}
