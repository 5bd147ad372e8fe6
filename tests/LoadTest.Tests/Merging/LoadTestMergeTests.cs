using Endpoints.LoadTest.Measuring;
using Endpoints.LoadTest.Merging;
using Endpoints.LoadTest.Results;
using Endpoints.LoadTest.Tests.Support;
using Endpoints.Tests;

namespace Endpoints.LoadTest.Tests.Merging;

public sealed class LoadTestMergeTests
{
    [Fact]
    public void Merge_TwoTesters_IsTheSumOfTheirRequests()
    {
        var random = new Random(1);
        var all = new Recorder();
        StageResult one = Stage(all, 400, 20, random), other = Stage(all, 800, 80, random);

        LoadTestResult merged = LoadTestMerge.Merge([Result(one), Result(other)]);

        StageResult stage = Assert.Single(Assert.Single(merged.Targets).Stages);
        Assert.Equal(OutcomeFigures.From(all).Ok.LatencyMs, stage.Outcomes.Ok.LatencyMs);
        Assert.Equal(all[Outcome.Ok].ToText(), stage.Outcomes.Ok.Histogram!.ToText());
        Assert.Equal((1200L, 100L, 10), (stage.Outcomes.Ok.Count, stage.Outcomes.Throttled.Count, stage.Users));
        Assert.Equal(one.OkPerSecond + other.OkPerSecond, stage.OkPerSecond, 0.01);
        Assert.Equal((1200L, 1100L), (stage.Accuracy.Scored, stage.Accuracy.Correct));
        Assert.Equal((2, 10), (merged.Settings.Testers, merged.Settings.Profile[0].Users));
        // Rates of ±10 each: ±14.1 together.
        Assert.Equal(14.142, (stage.Intervals!.OkPerSecond!.Value.High - stage.Intervals.OkPerSecond.Value.Low) / 2, 0.01);
        Assert.Equal("the tester sent late", stage.Invalid);
    }

    [Fact]
    public void Write_Folders_ReadsAndWritesResults()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(2);
        StageResult[] stages = [.. Enumerable.Range(0, 3).Select(_ => Stage(new Recorder(), 100, 5, random))];
        for (int i = 0; i < 3; i++)
        {
            Directory.CreateDirectory(folder.File($"{i}"));
            File.WriteAllBytes(Path.Combine(folder.File($"{i}"), LoadTestResult.FileName), Result(stages[i]).ToJson());
        }

        LoadTestMerge.Write([folder.File("0"), folder.File("1"), folder.File("2")], folder.File("all"));

        StageResult stage = LoadTestResult.Read(folder.File("all")).Targets[0].Stages[0];
        Assert.Equal(300, stage.Outcomes.Ok.Count);
        Assert.Equal(stages.Max(each => each.Outcomes.Ok.LatencyMs!.Max), stage.Outcomes.Ok.LatencyMs!.Max);
        Assert.Contains("3 processes together", File.ReadAllText(Path.Combine(folder.File("all"), "report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void Merge_ATesterDied_KeepsTheStagesThatAllRan()
    {
        var random = new Random(3);
        StageResult[] stages = [.. Enumerable.Range(0, 3).Select(_ => Stage(new Recorder(), 100, 5, random))];
        TargetResult first = Result(stages[0]).Targets[0];
        LoadTestResult whole = Result(stages[0]) with { Targets = [first with { Stages = stages[..2] }, first with { Name = "pruned" }] };

        LoadTestResult merged = LoadTestMerge.Merge([whole, Result(stages[2]) with { Complete = false }]);

        Assert.False(merged.Complete);
        Assert.Equal(("base", 200L), (Assert.Single(merged.Targets).Name, Assert.Single(merged.Targets[0].Stages).Outcomes.Ok.Count));
        Assert.StartsWith("This test was interrupted", Endpoints.LoadTest.Report.LoadTestReport.Lead(merged)[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Merge_OtherTargetsOrStages_IsRefused()
    {
        LoadTestResult one = Sample.Result(Sample.Target("base", Sample.Stage(5, 10)));

        Assert.Contains("two testers or more", Assert.Throws<LoadTestException>(() => LoadTestMerge.Merge([one])).Message, StringComparison.Ordinal);
        Assert.Contains("differ in their targets", Error(Sample.Result(Sample.Target("pruned", Sample.Stage(5, 10)))), StringComparison.Ordinal);
        Assert.Contains("differ in their stages", Error(Sample.Result(Sample.Target("base", Sample.Stage(5, 10), Sample.Stage(6, 10)))), StringComparison.Ordinal);
        Assert.Contains("differ in their promise", Error(one with { Settings = one.Settings with { Slo = ["p95<1s"] } }), StringComparison.Ordinal);

        string Error(LoadTestResult other) => Assert.Throws<LoadTestException>(() => LoadTestMerge.Merge([one, other])).Message;
    }

    private static LoadTestResult Result(StageResult stage) => Sample.Result(Sample.Target("base", stage)) with { Settings = LoadTestSettings.From(Sample.Options("5"), Sample.Pairs) };

    private static StageResult Stage(Recorder all, int ok, int throttled, Random random)
    {
        var recorder = new Recorder();
        for (int i = 0; i < ok; i++)
        {
            recorder.Record(new Answer(Outcome.Ok, TimeSpan.FromMilliseconds(random.Next(1, 200))));
        }

        for (int i = 0; i < throttled; i++)
        {
            recorder.Record(new Answer(Outcome.Throttled, TimeSpan.FromMilliseconds(1)));
        }

        all.Add(recorder);
        return Sample.Stage(5, 0) with
        {
            Outcomes = OutcomeFigures.From(recorder),
            Accuracy = new AnswerAccuracy(ok, ok - 50),
            Intervals = new StageIntervals(new Interval((ok / 8.0) - 10, (ok / 8.0) + 10), new Interval(90, 110), new Interval(180, 200)),
            Invalid = throttled > 50 ? "the tester sent late" : null,
        };
    }
}
