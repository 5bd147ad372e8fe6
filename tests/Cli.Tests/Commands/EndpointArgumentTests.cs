using Endpoints.Cli.Commands;
using Endpoints.Tests;

namespace Endpoints.Cli.Tests.Commands;

public sealed class EndpointArgumentTests
{
    [Theory]
    [InlineData("base=/m/base", "/m/base", null, null)]
    [InlineData("base=/m/base@int8", "/m/base", null, "int8")]
    [InlineData("base=/m/base@auto", "/m/base", null, "auto")]
    [InlineData("base=/m/base#small:l=6,h=6,u=1536", "/m/base", "small:l=6,h=6,u=1536", null)]
    [InlineData("base=/m/base#small:l=6,h=6,u=1536@bfloat16", "/m/base", "small:l=6,h=6,u=1536", "bfloat16")]
    [InlineData("base=/m@home/base@float32", "/m@home/base", null, "float32")]
    public void Parse_EachForm_IsTakenApart(string text, string folder, string? subNetwork, string? precision) =>
        Assert.Equal(new EndpointArgument("base", folder, subNetwork, precision), EndpointArgument.Parse(text));

    [Fact]
    public void Parse_FolderWithAnAt_IsThatFolder()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("base@int8"));
        Assert.Equal(new EndpointArgument("a", folder.File("base@int8"), null, null), EndpointArgument.Parse($"a={folder.File("base@int8")}"));
        Assert.Equal(
            new EndpointArgument("a", folder.File("base@int8"), null, "float32"), EndpointArgument.Parse($"a={folder.File("base@int8")}@float32"));
    }

    [Theory]
    [InlineData("base", "'base' is no endpoint: expected NAME=DIR, NAME=DIR#SUBNETWORK, or either with @PRECISION at its end.")]
    [InlineData("=x", "'=x' is no endpoint")]
    [InlineData("a#b=c", "'a#b=c' is no endpoint")]
    [InlineData("a=b@INT8", "'a=b@INT8' ends in '@INT8': expected float32, bfloat16, int8 or auto there, or a folder of that name.")]
    [InlineData("a=b@", "ends in '@': expected float32")]
    [InlineData("a=b@int8#full", "ends in '@int8#full': expected float32")]
    public void Parse_OtherForm_SaysWhatIsExpected(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<FormatException>(() => EndpointArgument.Parse(text)).Message, StringComparison.Ordinal);
}
