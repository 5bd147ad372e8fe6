using Endpoints.Pruning.Runs;
using Endpoints.Pruning.Tests.Fakes;
using Endpoints.Tests;

namespace Endpoints.Pruning.Tests.Runs.Workers;

public sealed class FolderWorkerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SharedSearch _search;

    public FolderWorkerTests() => _search = new SharedSearch(_folder.Path, new Dictionary<string, string>());

    [Fact]
    public void Workers_Together_EvaluateEachSubNetworkOnce()
    {
        _search.WorkersTogether_EvaluateEachSubNetworkOnce();
        Assert.Equal(Enumerable.Range(0, 45), TrialJournal.Read(_folder.Path).Trials.Select(trial => trial.Id));
    }

    [Fact]
    public void Worker_KilledInMidTrial_ItsTrialIsEvaluatedByOneThatWaits() => _search.AWorkerKilledInMidTrial_ItsTrialIsEvaluatedByOneThatWaits();

    [Fact]
    public void Worker_TerminatedInMidTrial_GivesItBackAtOnce()
    {
        _search.AWorkerTerminatedInMidTrial_GivesItBackAtOnce();
        Assert.Empty(Directory.GetFiles(_folder.File("workers"), "*.lock"));
    }

    [Fact]
    public void Workers_KilledAgainAndAgain_LoseAndRepeatNothing()
    {
        _search.WorkersKilledAgainAndAgain_LoseAndRepeatNothing();
        Assert.Equal(Enumerable.Range(0, 45), TrialJournal.Read(_folder.Path).Trials.Select(trial => trial.Id));
    }

    /// <summary>A limit on a file's size stops the journal in the middle of a line, as a full disk does.</summary>
    [Fact]
    public void Worker_JournalThatCannotGrow_SaysSoAndLosesNothing()
    {
        string[] command = HostProcess.Command(_folder.Path, "", "random", 60);
        var environment = new Dictionary<string, string> { ["DOTNET_EnableWriteXorExecute"] = "0" };
        int finished;
        using (HostProcess limited = HostProcess.Start(["bash", "-c", "trap '' XFSZ; ulimit -f 4; exec \"$@\"", "bash", .. command], environment))
        {
            Assert.Equal(1, limited.WaitForEnd());
            finished = limited.Lines.Count(line => line.StartsWith("finished ", StringComparison.Ordinal));
            Assert.InRange(finished, 5, 55);
            Assert.Contains($"Trial {finished} could not be written to", limited.Error, StringComparison.Ordinal);
            Assert.Contains($"The {finished} trials before it are safe; run again to continue.", limited.Error, StringComparison.Ordinal);
        }

        byte[] before = File.ReadAllBytes(_folder.File(TrialJournal.FileName));
        Assert.Equal((byte)'\n', before[^1]);
        using HostProcess again = HostProcess.Start(command);
        Assert.True(again.WaitForEnd() == 0, again.Error);
        Assert.Equal(60 - finished, again.Lines.Count(line => line.StartsWith("evaluate ", StringComparison.Ordinal)));
        Assert.Equal(before, File.ReadAllBytes(_folder.File(TrialJournal.FileName))[..before.Length]);
    }

    [Fact]
    public void Run_FolderThatIsAFile_SaysWhatToDo()
    {
        string file = _folder.File("file");
        File.WriteAllText(file, "");
        var exception = Assert.Throws<IOException>(() => new FakeSearch(file).Run(3));
        Assert.Contains($"The run's folder {file} cannot be written", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_JournalRemovedButClaimsLeft_StartsAnew()
    {
        var search = new FakeSearch(_folder.Path) { OnEvaluate = number => _ = number < 2 ? 0 : throw new TimeoutException() };
        Assert.Throws<TimeoutException>(() => search.Run(6));
        Assert.Contains("\"id\":2", File.ReadAllText(_folder.File("claims.json")), StringComparison.Ordinal);
        File.Delete(_folder.File(TrialJournal.FileName));
        var again = new FakeSearch(_folder.Path, seed: 4);
        Assert.Equal(6, again.Run(6).Trials.Count);
        Assert.Equal(6, again.Evaluated.Count);
    }

    [Fact]
    public void Run_DamagedClaims_SaysWhatToDo()
    {
        new FakeSearch(_folder.Path).Run(3);
        File.WriteAllText(_folder.File("claims.json"), "[{");
        Assert.Contains("delete it", Assert.Throws<InvalidDataException>(() => new FakeSearch(_folder.Path).Run(5)).Message, StringComparison.Ordinal);
        File.Delete(_folder.File("claims.json"));
        Assert.Equal(5, new FakeSearch(_folder.Path).Run(5).Trials.Count);
    }

    [Fact]
    public void Run_EachWorker_LeavesItsEnvironmentAndItsLog()
    {
        new FakeSearch(_folder.Path).Run(3);
        new FakeSearch(_folder.Path).Run(5);
        Assert.Equal(2, Directory.GetFiles(_folder.File("workers"), "*.json").Length);
        Assert.All(Directory.GetFiles(_folder.File("workers"), "*.json"), file => Assert.Contains("\"runtime\":\".NET", File.ReadAllText(file), StringComparison.Ordinal));
        string[] logs = [.. Directory.GetFiles(_folder.File("workers"), "*.log").Select(File.ReadAllText)];
        Assert.Single(logs, log => log.Contains("Continues after 3 finished trials.", StringComparison.Ordinal));
        Assert.All(logs, log => Assert.Contains("Finished: ", log, StringComparison.Ordinal));
    }

    public void Dispose()
    {
        _search.Dispose();
        _folder.Dispose();
    }
}
