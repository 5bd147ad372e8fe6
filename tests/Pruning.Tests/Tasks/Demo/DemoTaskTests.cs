using Endpoints.Pruning.Tasks;
using Endpoints.Pruning.Tasks.Demo;

namespace Endpoints.Tests.Pruning.Tasks.Demo;

public class DemoTaskTests
{
    private static readonly DemoSizes Small = new(2_000, 400, 400, 400);

    [Fact]
    public void Write_ThenLoad_GivesEverySplitBalanced()
    {
        using var folder = new TemporaryFolder();
        DemoTask.Write(folder.Path, seed: 1, DemoSizes.Default);

        TaskData data = TaskRegistry.Load("demo", folder.Path);

        Assert.Equal((12_000, 1_000, 1_000), (data.Train.Count, data.Validation.Count, data.Test.Count));
        IReadOnlyList<Example> calibration = TaskData.ReadPart(data.Definition, folder.File(DemoTask.CalibrationFile));
        Assert.Equal(2_000, calibration.Count);
        Assert.All([data.Train, data.Validation, data.Test, calibration], part => Assert.Equal(part.Count / 2, part.Count(example => example.Label == 0)));
        Assert.Empty(calibration.Select(example => example.Text).Intersect([.. data.Train.Concat(data.Validation).Concat(data.Test).Select(example => example.Text)]));
    }

    [Fact]
    public void Write_SameSeed_WritesSameBytes()
    {
        using var one = new TemporaryFolder();
        using var other = new TemporaryFolder();
        DemoTask.Write(one.Path, seed: 7, Small);
        DemoTask.Write(other.Path, seed: 7, Small);

        string[] names = [.. Directory.GetFiles(one.Path).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        Assert.Equal(["README.md", "calibration.tsv", "test.tsv", "tokenizer_config.json", "train.tsv", "validation.tsv", "vocab.txt"], names);
        Assert.All(names, name => Assert.Equal(File.ReadAllBytes(one.File(name)), File.ReadAllBytes(other.File(name))));
    }

    [Fact]
    public void Write_OtherSeed_WritesOtherPairs()
    {
        using var one = new TemporaryFolder();
        using var other = new TemporaryFolder();
        DemoTask.Write(one.Path, seed: 7, Small);
        DemoTask.Write(other.Path, seed: 8, Small);

        Assert.NotEqual(File.ReadAllBytes(one.File("train.tsv")), File.ReadAllBytes(other.File("train.tsv")));
    }

    [Theory]
    [InlineData(0, 4, 4, 4)]
    [InlineData(4, 6, 4, 4)]
    [InlineData(4, 4, -4, 4)]
    [InlineData(4, 4, 4, 2)]
    public void Write_SizeThatIsNoMultipleOfFour_Throws(int train, int validation, int test, int calibration)
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => DemoTask.Write(folder.Path, 1, new(train, validation, test, calibration)));
        Assert.Contains("multiple of 4", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Vocabulary_OfCorpus_HoldsItsWordsAndSpellsEveryOther()
    {
        using var folder = new TemporaryFolder();
        DemoTask.Write(folder.Path, seed: 1, Small);
        string[] vocabulary = File.ReadAllLines(folder.File("vocab.txt"));
        TaskData data = TaskRegistry.Load("demo", folder.Path);

        Assert.Equal(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], vocabulary[..5]);
        Assert.Equal(vocabulary.Length, vocabulary.Distinct().Count());
        Assert.Superset(data.Train.SelectMany(example => $"{example.Text} {example.Pair}".Split(' ')).ToHashSet(), vocabulary.ToHashSet());
        Assert.Superset("abcdefghijklmnopqrstuvwxyz0123456789".SelectMany(c => (string[])[$"{c}", $"##{c}"]).ToHashSet(), vocabulary.ToHashSet());
        Assert.Superset(new HashSet<string> { "##s", "##ed", "##ers", ".", ",", "?", "'", "-" }, vocabulary.ToHashSet());
    }
}
