using Endpoints.Tests;

namespace Endpoints.Cli.Tests.Commands;

public sealed class DataCommandTests
{
    [Fact]
    public async Task Data_SameSeed_WritesTheSameBytes()
    {
        using var folder = new TemporaryFolder();
        foreach (string name in (string[])["a", "b"])
        {
            Cli.Run run = await Cli.RunAsync("data", "demo", "--quick", "--seed", "3", "--out", folder.File(name));
            Assert.True(run.Code == 0, run.Error);
        }

        Assert.All(Directory.GetFiles(folder.File("a")), file =>
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(folder.File("b"), Path.GetFileName(file)))));
    }
}
