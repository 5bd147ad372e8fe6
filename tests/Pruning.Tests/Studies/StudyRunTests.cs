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
        IReadOnlyList<StudySearch> searches = _folder.Run().Searches;

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
        IReadOnlyList<StudySearch> first = _folder.Run().Searches;
        string journal = Path.Combine(_folder.Output, "searches", "mood_tiny_full_small_s1_local", TrialJournal.FileName);
        File.Delete(Path.Combine(Path.GetDirectoryName(journal)!, "test.json"));
        DateTime written = File.GetLastWriteTimeUtc(journal);
        IReadOnlyList<StudySearch> second = _folder.Run().Searches;

        Assert.Equal(written, File.GetLastWriteTimeUtc(journal));
        Assert.Equal(first.Select(search => search.Report.Hypervolume), second.Select(search => search.Report.Hypervolume));
        Assert.Equal(first.Select(search => search.Training), second.Select(search => search.Training));
    }

    [Fact]
    public void Run_FolderInUse_IsRefused()
    {
        Directory.CreateDirectory(_folder.Output);
        using (new FileStream(Path.Combine(_folder.Output, "study.lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            IOException refused = Assert.Throws<IOException>(() => _folder.Run());
            Assert.Contains("Another process runs the study in", refused.Message, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(Path.Combine(_folder.Output, StudyRun.PlanFile)));
    }

    [Fact]
    public void Run_Comparisons_AreMadeOncePerSeedWithTestErrors()
    {
        IReadOnlyList<StudyCurve> curves = _folder.Run().Comparisons;

        Assert.Equal(
            ["heads 0", "structured 0", "stand-alone 0", "layer-dropping 0", "heads 1", "structured 1", "stand-alone 1", "layer-dropping 1"],
            curves.Select(curve => $"{curve.Method} {curve.Seed}"));
        Assert.All(curves, curve => Assert.All(curve.Points, point => Assert.InRange(point.TestError, 0, 1)));

        // Both layers, then none but the embeddings: the whole network is 1 of itself.
        StudyCurve structured = curves[1];
        Assert.Equal(3, structured.Points.Count);
        Assert.Equal(1, structured.Points[0].Share);
        Assert.Equal(2, curves[3].Points.Count);
        Assert.Null(structured.BestErrors()[0]);
    }

    [Fact]
    public void Run_Latencies_AreOfTheFrontInEveryPrecision()
    {
        StudyResults results = _folder.Run();

        IReadOnlyList<StudyLatency> latencies = results.Latencies["mood, tiny"];
        Assert.Equal(["float32", "bfloat16", "int8"], latencies.Select(latency => latency.Precision).Distinct());
        Assert.Equal(3 * results.Searches[0].Report.Front.Count, latencies.Count);
        Assert.All(latencies, latency => Assert.True(latency.Milliseconds > 0));
    }

    [Fact]
    public void BestErrors_Points_AreChosenOnValidationAndReportedOnTest()
    {
        var curve = new StudyCurve("task, model", "method", 0, [new(1, 0.1, 0.5), new(0.5, 0.2, 0.3), new(0.25, 0.2, 0.4)]);

        IReadOnlyList<double?> errors = curve.BestErrors();
        Assert.Null(errors[0]);
        Assert.Equal(0.4, errors[^1]);
        Assert.Equal(0.4, errors[5]);
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
            ["error-against-size_mood_tiny", "front_mood_tiny", "hypervolume-by-method", "hypervolume-by-strategy", "latency_mood_tiny", "pruning-methods_mood_tiny", "ranks-by-method", "regret_mood_tiny", "sizes_tiny"], pictures);
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
