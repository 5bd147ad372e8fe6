using System.Xml.Linq;
using Endpoints.Pruning.Runs;
using Endpoints.Pruning.Studies;

namespace Endpoints.Pruning.Tests.Studies;

public sealed class StudyRunTests : IDisposable
{
    private readonly StudyFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_Plan_VariesOneFactorAtATime()
    {
        IReadOnlyList<StudySearch> searches = _folder.Run();

        // Two seeds of: full with both methods, standard with the first.
        Assert.Equal(6, searches.Count);
        Assert.Equal(
            ["full random 0", "full local 0", "standard random 0", "full random 1", "full local 1", "standard random 1"],
            searches.Select(search => $"{search.Strategy} {search.Method} {search.Seed}"));
        Assert.All(searches, search => Assert.Equal(6, search.Report.Trials.Count));
        Assert.All(searches, search => Assert.All(search.Report.Front, trial => Assert.InRange(search.Test[trial.Id], 0, 1)));
    }

    [Fact]
    public void Run_Again_RepeatsNothingAndEndsTheSame()
    {
        IReadOnlyList<StudySearch> first = _folder.Run();
        string journal = Path.Combine(_folder.Output, "searches", "mood_tiny_full_small_s1_local", TrialJournal.FileName);
        File.Delete(Path.Combine(Path.GetDirectoryName(journal)!, "test.json"));
        DateTime written = File.GetLastWriteTimeUtc(journal);
        IReadOnlyList<StudySearch> second = _folder.Run();

        Assert.Equal(written, File.GetLastWriteTimeUtc(journal));
        Assert.Equal(first.Select(search => search.Report.Hypervolume), second.Select(search => search.Report.Hypervolume));
        Assert.Equal(first.Select(search => search.Training), second.Select(search => search.Training));
    }

    [Fact]
    public void Run_Cancelled_Stops()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() => _folder.Run(cancellationToken: stop.Token));
    }

    [Fact]
    public void Run_FolderOfAnotherPlan_IsRefused()
    {
        _folder.Run();
        _folder.WritePlan("\"trials\": 6", "\"trials\": 7");

        string message = Assert.Throws<InvalidDataException>(() => _folder.Run()).Message;
        Assert.Contains("use another folder", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Study_DrawsEveryFigureWithItsData()
    {
        StudyReport.Write(StudyPlan.Read(_folder.Plan), _folder.Run(), _folder.Output);

        string[] pictures = [.. Directory.GetFiles(Path.Combine(_folder.Output, "figures"), "*.svg").Select(path => Path.GetFileNameWithoutExtension(path)).Order()];
        Assert.Equal(
            ["error-against-size_mood_tiny", "front_mood_tiny", "hypervolume-by-method", "hypervolume-by-strategy", "regret_mood_tiny", "sizes_tiny"], pictures);
        Assert.All(pictures, picture => Assert.Equal("svg", XDocument.Load(Path.Combine(_folder.Output, "figures", picture + ".svg")).Root!.Name.LocalName));
        string[] regret = File.ReadAllLines(Path.Combine(_folder.Output, "figures", "regret_mood_tiny.csv"));
        Assert.Equal(1 + (4 * 6), regret.Length);
        string[] summary = File.ReadAllLines(Path.Combine(_folder.Output, "summary.csv"));
        Assert.Equal(5 + 1, summary.Length);
        Assert.Contains("Summary", File.ReadAllText(Path.Combine(_folder.Output, "report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FolderWithoutStudy_SaysWhatIsMissing() =>
        Assert.Contains("study.json", Assert.Throws<InvalidDataException>(() => StudyRun.Read(_folder.Output, TimeProvider.System)).Message, StringComparison.Ordinal);
}
