using System.Text;
using Endpoints.Compute;
using Endpoints.Pruning.Runs;
using Endpoints.Pruning.SearchSpaces;
using Endpoints.Pruning.Tests.Fakes;
using Endpoints.Tests;

namespace Endpoints.Pruning.Tests.Runs;

public sealed class TrialJournalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string JournalPath => _folder.File(TrialJournal.FileName);

    [Fact]
    public void Append_TrialWithEveryField_ReadsBackTheSame()
    {
        Trial trial = Make(0) with { Details = new Dictionary<string, double> { ["x"] = 0.1, ["y"] = 1e-300 }, Seconds = 1.25, Values = [1 / 3.0, double.MaxValue] };
        using (TrialJournal journal = Open())
        {
            journal.Append(trial);
        }

        (RunConfiguration configuration, IReadOnlyList<Trial> trials) = TrialJournal.Read(_folder.Path);
        Assert.Equal(FakeSearch.Configuration().Hash(), configuration.Hash());
        Trial read = Assert.Single(trials);
        Assert.Equal((trial.Id, trial.Point, trial.SubNetwork, trial.Seconds), (read.Id, read.Point, read.SubNetwork, read.Seconds));
        Assert.Equal((trial.Parameters, trial.PaperParameters), (read.Parameters, read.PaperParameters));
        Assert.Equal(trial.Values, read.Values);
        Assert.Equal(trial.Details, read.Details);
    }

    [Fact]
    public void Append_WhileOpen_IsInTheFileForOthersToRead()
    {
        using TrialJournal journal = Open();
        journal.Append(Make(0));
        Assert.Single(TrialJournal.Read(_folder.Path).Trials);
        journal.Append(Make(1));
        Assert.Equal(2, TrialJournal.Read(_folder.Path).Trials.Count);
    }

    [Fact]
    public void Append_WrongIdOrValue_ThrowsAndWritesNothing()
    {
        using TrialJournal journal = Open();
        journal.Append(Make(1));
        Assert.False(journal.Append(Make(1)));
        Assert.Throws<ArgumentException>(() => journal.Append(Make(-1)));
        Assert.Throws<ArgumentException>(() => journal.Append(Make(0) with { Values = [double.NaN, 1] }));
        Assert.Single(TrialJournal.Read(_folder.Path).Trials);
    }

    [Fact]
    public void ReadNew_TrialsOfAnotherWorker_AreReadOnceAndInTheirOrder()
    {
        using TrialJournal one = Open(), other = Open();
        Assert.Empty(one.ReadNew());
        other.Append(Make(1));
        other.Append(Make(0));
        Assert.Equal([1, 0], one.ReadNew().Select(trial => trial.Id));
        Assert.Empty(one.ReadNew());
        other.Append(Make(3));
        Assert.True(one.Append(Make(2)));
        Assert.False(one.Append(Make(3)));
        Assert.Equal(3, Assert.Single(one.ReadNew()).Id);
        Assert.Equal([0, 1, 2, 3], TrialJournal.Read(_folder.Path).Trials.Select(trial => trial.Id));
    }

    [Fact]
    public void ReadNew_HalfWrittenLineOfAKilledWorker_IsRemoved()
    {
        using TrialJournal one = Open(), other = Open();
        other.Append(Make(0));
        byte[] finished = File.ReadAllBytes(JournalPath);
        File.AppendAllText(JournalPath, "{\"id\":1,");
        Assert.Single(one.ReadNew());
        Assert.Equal(finished, File.ReadAllBytes(JournalPath));
    }

    [Fact]
    public void ReadNew_LinesGone_SaysSo()
    {
        using TrialJournal one = Open(), other = Open();
        other.Append(Make(0));
        one.ReadNew();
        using (var file = new FileStream(JournalPath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.SetLength(10);
        }

        Assert.Contains("lost lines", Assert.Throws<InvalidDataException>(() => one.ReadNew()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_OtherConfiguration_SaysWhatDiffers()
    {
        Open().Dispose();
        var exception = Assert.Throws<InvalidDataException>(() => Open(FakeSearch.Configuration("local", 4) with { Objectives = [new("latency", "ms")] }));
        Assert.Contains("method is random there and local here; seed is 3 there and 4 here", exception.Message, StringComparison.Ordinal);
        Assert.Contains("objectives is error,parameters there and latency in ms here", exception.Message, StringComparison.Ordinal);
        Open().Dispose();
    }

    [Fact]
    public void Hash_EveryField_ChangesIt()
    {
        RunConfiguration configuration = FakeSearch.Configuration();
        RunConfiguration[] others =
        [
            configuration with { Task = "x" }, configuration with { Validation = "x" }, configuration with { SuperNetwork = "x" },
            configuration with { Space = "x" }, configuration with { Method = "x" }, configuration with { Seed = 9 },
            configuration with { Objectives = [new("error", "")] }, configuration with { Precision = Precision.Int8 }, configuration with { Sampling = "coins" },
            configuration with { Scheduler = "asha" },
        ];
        Assert.Equal(11, others.Append(configuration).Select(other => other.Hash()).Distinct().Count());
        Assert.Equal(configuration.Hash(), FakeSearch.Configuration().Hash());
        Assert.All(others, other => Assert.NotEmpty(other.DifferencesFrom(configuration)));
    }

    [Fact]
    public void Open_JournalOfBeforePrecisions_IsContinuedInFloat32Only()
    {
        Open().Dispose();
        Assert.DoesNotContain("precision", File.ReadAllText(JournalPath), StringComparison.Ordinal);
        Assert.DoesNotContain("scheduler", File.ReadAllText(JournalPath), StringComparison.Ordinal);
        Assert.DoesNotContain("sampling", File.ReadAllText(JournalPath), StringComparison.Ordinal);
        Assert.Equal(Precision.Float32, TrialJournal.Read(Path.GetDirectoryName(JournalPath)!).Configuration.Precision);
        var exception = Assert.Throws<InvalidDataException>(() => Open(FakeSearch.Configuration() with { Precision = Precision.BFloat16 }));
        Assert.Contains("precision is float32 there and bfloat16 here", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"id\":1,\"point\":[1,2", "line 3: a trial was expected, but")]
    [InlineData("", "line 3: a trial was expected, but")]
    [InlineData("null", "line 3: a trial was expected, but")]
    [InlineData("\0\0\0\0", "line 3: a trial was expected, but")]
    [InlineData("{\"id\":1}", "line 3: a trial was expected, but")]
    [InlineData("{\"id\":0,\"point\":[0,1,1],\"subNetwork\":\"s\",\"values\":[1,2],\"parameters\":1,\"paperParameters\":1}", "but trial 0 is there already")]
    [InlineData("{\"id\":1,\"point\":[0,1,1],\"subNetwork\":\"s\",\"values\":[1],\"parameters\":1,\"paperParameters\":1}", "but it has 1 values for 2 objectives")]
    [InlineData("{\"id\":1,\"point\":[0,1,1],\"subNetwork\":\"s\",\"values\":null,\"parameters\":1,\"paperParameters\":1}", "line 3")]
    [InlineData("{\"id\":1,\"point\":[0,\"a\"],\"subNetwork\":\"s\",\"values\":[1,2],\"parameters\":1,\"paperParameters\":1}", "array of integers")]
    [InlineData("{\"id\":1,\"point\":[0],\"subNetwork\":\"s\",\"values\":[1,2],\"parameters\":1,\"paperParameters\":1,\"extra\":1}", "extra")]
    public void Open_CorruptLineInTheMiddle_NamesFileAndLineAndChangesNothing(string line, string expected)
    {
        using (TrialJournal journal = Open())
        {
            journal.Append(Make(0));
            journal.Append(Make(1));
            journal.Append(Make(2));
        }

        string[] lines = File.ReadAllLines(JournalPath);
        lines[2] = line;
        File.WriteAllText(JournalPath, string.Join("\n", lines) + "\n");
        byte[] before = File.ReadAllBytes(JournalPath);
        var exception = Assert.Throws<InvalidDataException>(() => Open());
        Assert.Contains(JournalPath, exception.Message, StringComparison.Ordinal);
        Assert.Contains("line 3", exception.Message, StringComparison.Ordinal);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(JournalPath));
        Assert.Throws<InvalidDataException>(() => TrialJournal.Read(_folder.Path));
    }

    [Theory]
    [InlineData("my notes", "is not a search journal")]
    [InlineData("my notes\nand more\n", "is not a search journal")]
    [InlineData("{\"journal\":\"endpoints search\",\"version\":1}\n", "line 1: the header cannot be read")]
    [InlineData("{\"journal\":\"endpoints search\",\"version\":1,\"hash\":null,\"configuration\":null}\n", "line 1: the header cannot be read")]
    public void Open_ForeignFile_IsLeftAlone(string contents, string expected)
    {
        File.WriteAllText(JournalPath, contents);
        var exception = Assert.Throws<InvalidDataException>(() => Open());
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.Equal(contents, File.ReadAllText(JournalPath));
    }

    [Theory]
    [InlineData("\"seed\":3", "\"seed\":4", "does not have the hash")]
    [InlineData("\"version\":1", "\"version\":2", "has version 2, this program reads version 1")]
    public void Open_ChangedHeader_SaysSo(string old, string changed, string expected)
    {
        Open().Dispose();
        File.WriteAllText(JournalPath, File.ReadAllText(JournalPath).Replace(old, changed, StringComparison.Ordinal));
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NoJournal_SaysWhatIsExpected()
    {
        Assert.Contains("expected journal.jsonl", Assert.Throws<InvalidDataException>(() => TrialJournal.Read(_folder.Path)).Message, StringComparison.Ordinal);
        File.WriteAllText(JournalPath, "{\"journ");
        Assert.Contains("stopped before its first trial", Assert.Throws<InvalidDataException>(() => TrialJournal.Read(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_HalfWrittenLine_RemovesAllOfIt()
    {
        using (TrialJournal journal = Open())
        {
            journal.Append(Make(0));
        }

        byte[] finished = File.ReadAllBytes(JournalPath);
        File.AppendAllText(JournalPath, "{\"id\":1," + new string('x', 10_000));
        using (TrialJournal journal = Open())
        {
            Assert.Contains("half-written line of 10008 bytes", journal.Notice, StringComparison.Ordinal);
            Assert.Single(journal.ReadNew());
        }

        Assert.Equal(finished, File.ReadAllBytes(JournalPath));
    }

    [Fact]
    public void Read_HalfWrittenLine_IsIgnoredAndLeft()
    {
        using (TrialJournal journal = Open())
        {
            journal.Append(Make(0));
        }

        File.AppendAllText(JournalPath, "{\"id\":1,", Encoding.UTF8);
        long length = new FileInfo(JournalPath).Length;
        Assert.Single(TrialJournal.Read(_folder.Path).Trials);
        Assert.Equal(length, new FileInfo(JournalPath).Length);
    }

    public void Dispose() => _folder.Dispose();

    private static Trial Make(int id) => new()
    {
        Id = id,
        Point = new SearchPoint(0, 1, 1),
        SubNetwork = "small:l=0,h=0,u=0",
        Values = [0.5, 100],
        Parameters = 100,
        PaperParameters = 110,
    };

    private TrialJournal Open(RunConfiguration? configuration = null) => TrialJournal.Open(_folder.Path, configuration ?? FakeSearch.Configuration());
}
