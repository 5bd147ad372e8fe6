using System.Text.Json;

namespace Endpoints.Compute.Tests;

public sealed class PrecisionNameTests
{
    [Theory]
    [InlineData(Precision.Float32, "float32")]
    [InlineData(Precision.BFloat16, "bfloat16")]
    [InlineData(Precision.Int8, "int8")]
    public void Of_EachPrecision_IsReadBack(Precision precision, string name)
    {
        Assert.Equal(name, PrecisionName.Of(precision));
        Assert.Equal(precision, PrecisionName.Parse(name));
        Assert.Equal(precision, PrecisionName.Choose(name, headSize: 64));
        Assert.True(PrecisionName.IsChoice(name));
        Assert.Contains(name, PrecisionName.All, StringComparison.Ordinal);
        Assert.Contains(name, PrecisionName.AllOrAuto, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_EveryMember_HasAName() => Assert.Equal(3, Enum.GetValues<Precision>().Select(PrecisionName.Of).Distinct().Count());

    [Theory]
    [InlineData("Float32")]
    [InlineData("bf16")]
    [InlineData("0")]
    [InlineData("")]
    public void Parse_OtherSpelling_ListsTheNames(string text)
    {
        Assert.Equal($"'{text}' is no precision: expected float32, bfloat16 or int8.", Assert.Throws<FormatException>(() => PrecisionName.Parse(text)).Message);
        Assert.Equal($"'{text}' is no precision: expected float32, bfloat16, int8 or auto.", Assert.Throws<FormatException>(() => PrecisionName.Choose(text, 64)).Message);
        Assert.False(PrecisionName.IsChoice(text));
    }

    [Fact]
    public void Choose_Auto_IsTheDefault()
    {
        Assert.Equal(PrecisionSupport.Default, PrecisionName.Choose("auto", 64));
        Assert.Equal(Precision.Float32, PrecisionName.Choose("auto", 5));
        Assert.True(PrecisionSupport.IsFast(PrecisionSupport.Default));
        Assert.True(PrecisionName.IsChoice("auto"));
        Assert.Throws<FormatException>(() => PrecisionName.Parse("auto"));
    }

    [Fact]
    public void Describe_EachPrecision_SaysSomething() =>
        Assert.All(Enum.GetValues<Precision>(), precision => Assert.NotEqual("", PrecisionSupport.Describe(precision)));

    [Fact]
    public void Json_EachPrecision_IsItsName()
    {
        var options = new JsonSerializerOptions { Converters = { new PrecisionJsonConverter() } };
        Assert.Equal("[\"float32\",\"bfloat16\",\"int8\"]", JsonSerializer.Serialize(Enum.GetValues<Precision>(), options));
        Assert.Equal(Precision.Int8, JsonSerializer.Deserialize<Precision>("\"int8\"", options));
        foreach (string json in (string[])["\"Int8\"", "2", "null"])
        {
            Assert.Contains(PrecisionName.All, Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Precision>(json, options)).Message, StringComparison.Ordinal);
        }
    }
}
