using Endpoints.Pruning.Tasks;
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
            await Cli.OkAsync("data", "demo", "--quick", "--seed", "3", "--out", folder.File(name));
        }

        Assert.All(Directory.GetFiles(folder.File("a")), file =>
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(folder.File("b"), Path.GetFileName(file)))));
    }

    [Fact]
    public async Task Data_List_ShowsEveryTaskWithMetricAndFiles()
    {
        Cli.Run run = await Cli.RunAsync("data", "--list");
        Assert.Equal(0, run.Code);
        Assert.All(TaskRegistry.Names, name => Assert.Contains($"{name}: ", run.Output, StringComparison.Ordinal));
        Assert.Contains("swag: which of four endings goes on; one of 4 choices; accuracy\n    train.csv and val.csv, from", run.Output, StringComparison.Ordinal);
        Assert.Contains("sts-b: how alike two sentences are, 0 to 5; a value; spearman", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_Check_CountsWhatEveryPartHolds()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("train.tsv"), "gj04\t1\t\tGood.\ngj04\t0\t*\tBad is.\ngj04\t1\t\tBetter.\n");
        await File.WriteAllTextAsync(folder.File("dev.tsv"), "gj04\t0\t*\tIs it.\n");
        Cli.Run run = await Cli.OkAsync("data", "--check", "cola", "--data", folder.Path);
        Assert.StartsWith("cola: unacceptable, acceptable; matthews; read from train.tsv and dev.tsv.", run.Output, StringComparison.Ordinal);
        Assert.Matches("test +1 +1 +0", run.Output);
    }

    [Fact]
    public async Task Data_CutVocabulary_KeepsWhatTrainingTextsUseOftenEnough()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("train.tsv"), "x\t1\t\tthe cat sat\nx\t1\t\tthe cat ran\nx\t0\t*\tthe the\n");
        await File.WriteAllTextAsync(folder.File("dev.tsv"), "x\t0\t*\tdog dog dog\n");
        await File.WriteAllTextAsync(folder.File("vocab.txt"), "[PAD]\nthe\n[UNK]\n[CLS]\ndog\n[SEP]\nsat\nran\ncat\na\n##a\n##at\n\u00e9\n");
        Cli.Run run = await Cli.OkAsync("data", "--cut-vocabulary", "cola", "--data", folder.Path, "--vocab", folder.Path, "--out", folder.File("cut"), "--least", "1");

        // One of the three training examples validates; 'the' is in all of them, 'dog' in the test part alone.
        string[] kept = await File.ReadAllLinesAsync(folder.File("cut/vocab.txt"));
        Assert.Equal(["[PAD]", "the", "[UNK]", "[CLS]", "[SEP]"], kept.Take(5));
        Assert.Equal(["a", "##a"], kept.TakeLast(2));
        Assert.DoesNotContain("dog", kept);
        Assert.Contains($"Wrote {kept.Length} of 13 tokens", run.Output, StringComparison.Ordinal);
        run = await Cli.RunAsync("data", "--cut-vocabulary", "cola", "--data", folder.Path, "--vocab", folder.Path, "--out", folder.File("none"), "--least", "99");
        Assert.True(run.Code == 0, run.Error);
        Assert.Equal(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "##a"], await File.ReadAllLinesAsync(folder.File("none/vocab.txt")));
    }

    [Theory]
    [InlineData]
    [InlineData("--cut-vocabulary", "rte")]
    [InlineData("demo", "--list")]
    [InlineData("--list", "--check", "rte")]
    public async Task Data_NoneOrSeveralThingsToDo_SaysWhatIsExpected(params string[] arguments)
    {
        Cli.Run run = await Cli.RunAsync(["data", .. arguments]);
        Assert.Equal(2, run.Code);
        Assert.Contains("Expected one of: 'data demo'", run.Error, StringComparison.Ordinal);
    }
}
