using Endpoints.Pruning.Runs;
using Endpoints.Pruning.Tests.Fakes;
using Endpoints.Tests;

namespace Endpoints.Pruning.Tests.Runs;

public sealed class ResumeTests
{
    private const int Trials = 5;

    /// <summary>
    /// A kill leaves some first part of the journal, whatever the moment. So: every first part there is. Each is resumed for one trial, which must
    /// leave the journal as it was then; around every line's ends, where it differs what was left, the whole search is finished.
    /// </summary>
    [Theory]
    [InlineData("random")]
    [InlineData("local")]
    public void Run_JournalCutAtAnyByte_RepeatsNoFinishedTrialAndEndsTheSame(string method)
    {
        using var whole = new TemporaryFolder();
        FrontReport undisturbed = new FakeSearch(whole.Path, method).Run(Trials);
        byte[] journal = File.ReadAllBytes(whole.File(TrialJournal.FileName));
        string front = File.ReadAllText(whole.File("front.json"));
        int[] lineEnds = [.. Enumerable.Range(0, journal.Length).Where(i => journal[i] == '\n').Select(i => i + 1)];
        Assert.Equal(Trials + 1, lineEnds.Length);
        using var cut = new TemporaryFolder();
        for (int length = 0; length <= journal.Length; length++)
        {
            File.WriteAllBytes(cut.File(TrialJournal.FileName), journal[..length]);
            int lines = lineEnds.Count(end => end <= length);
            int finished = Math.Max(0, lines - 1);
            bool wholeSearch = lineEnds.Append(0).Any(end => Math.Abs(end - length) <= 1);
            int wanted = wholeSearch ? Trials : Math.Min(finished + 1, Trials);

            var search = new FakeSearch(cut.Path, method);
            FrontReport resumed = search.Run(wanted);

            Assert.Equal(undisturbed.Trials.Take(wanted).Skip(finished).Select(trial => trial.SubNetwork), search.Evaluated);
            Assert.Equal(length == 0 || lineEnds.Contains(length) ? 0 : 1, search.Notices.Count);
            Assert.Equal(journal[..lineEnds[wanted]], File.ReadAllBytes(cut.File(TrialJournal.FileName)));
            if (wholeSearch)
            {
                Assert.Equal(front, File.ReadAllText(cut.File("front.json")));
                Assert.Equal(undisturbed.Front.Select(trial => trial.Id), resumed.Front.Select(trial => trial.Id));
            }
        }
    }

    [Fact]
    public void Run_HalfWrittenLine_SaysWhatWasRemovedAndWhatRunsAgain()
    {
        using var folder = new TemporaryFolder();
        new FakeSearch(folder.Path).Run(4);
        string path = folder.File(TrialJournal.FileName);
        byte[] journal = File.ReadAllBytes(path);
        File.WriteAllBytes(path, journal[..^5]);
        var search = new FakeSearch(folder.Path);
        search.Run(4);
        Assert.Contains("half-written line of", Assert.Single(search.Notices), StringComparison.Ordinal);
        Assert.Contains("its trial runs again; the 3 before it are kept", search.Notices[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Run_StoppedByAnException_KeepsFinishedTrials()
    {
        using var folder = new TemporaryFolder();
        var search = new FakeSearch(folder.Path) { OnEvaluate = number => _ = number < 3 ? 0 : throw new TimeoutException() };
        Assert.Throws<TimeoutException>(() => search.Run(6));
        var again = new FakeSearch(folder.Path);
        Assert.Equal(6, again.Run(6).Trials.Count);
        Assert.Equal(3, again.Evaluated.Count);
    }

    [Fact]
    public void Run_Cancelled_KeepsFinishedTrials()
    {
        using var folder = new TemporaryFolder();
        using var cancellation = new CancellationTokenSource();
        var search = new FakeSearch(folder.Path) { OnEvaluate = number => Cancel(number == 2, cancellation) };
        Assert.Throws<OperationCanceledException>(() => search.Run(6, cancellation.Token));
        Assert.Equal(3, TrialJournal.Read(folder.Path).Trials.Count);
    }

    [Fact]
    public void Run_MoreTrials_ContinuesTheSameSearch()
    {
        using var folder = new TemporaryFolder();
        using var whole = new TemporaryFolder();
        new FakeSearch(folder.Path).Run(4);
        var search = new FakeSearch(folder.Path);
        search.Run(9);
        Assert.Equal(5, search.Evaluated.Count);
        new FakeSearch(whole.Path).Run(9);
        Assert.Equal(File.ReadAllText(whole.File(TrialJournal.FileName)), File.ReadAllText(folder.File(TrialJournal.FileName)));

        var finished = new FakeSearch(folder.Path);
        Assert.Equal(9, finished.Run(6).Trials.Count);
        Assert.Empty(finished.Evaluated);
    }

    private static void Cancel(bool now, CancellationTokenSource cancellation)
    {
        if (now)
        {
            cancellation.Cancel();
        }
    }
}
