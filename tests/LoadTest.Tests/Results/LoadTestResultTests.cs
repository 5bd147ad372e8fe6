using Endpoints.LoadTest.Results;
using Endpoints.LoadTest.Tests.Support;
using Endpoints.Tests;

namespace Endpoints.LoadTest.Tests.Results;

public sealed class LoadTestResultTests
{
    [Fact]
    public void Read_Written_IsTheSame()
    {
        using var folder = new TemporaryFolder();
        LoadTestResult result = Sample.BaseAndPruned();
        byte[] json = result.ToJson();
        File.WriteAllBytes(folder.File(LoadTestResult.FileName), json);

        LoadTestResult read = LoadTestResult.Read(folder.Path);

        Assert.Equal(json, read.ToJson());
        Assert.Equal(result.Targets[0].Stages[1], read.Targets[0].Stages[1]);
        Assert.Equal(result.Targets[1].Facts, read.Targets[1].Facts);
        Assert.Equal(15, read.Targets[0].Onset.StartsAt);
    }

    [Theory]
    [InlineData(null, "holds no result.json")]
    [InlineData("not json", "cannot be read as the result of a load test")]
    [InlineData("{}", "cannot be read as the result of a load test")]
    [InlineData("null", "is of form")]
    public void Read_MissingOrBad_SaysWhatIsExpected(string? content, string expected)
    {
        using var folder = new TemporaryFolder();
        if (content is not null)
        {
            File.WriteAllText(folder.File(LoadTestResult.FileName), content);
        }

        Assert.Contains(expected, Assert.Throws<LoadTestException>(() => LoadTestResult.Read(folder.Path)).Message, StringComparison.Ordinal);
    }
}
