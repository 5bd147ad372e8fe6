using Endpoints.Charts;
using Endpoints.LoadTest.Results;

namespace Endpoints.LoadTest.Report;

/// <summary>The charts of the report. A target keeps its colour and point shape through all of them.</summary>
internal static class ReportCharts
{
    /// <summary>Response time, throughput and throttled share against users, and accuracy against response time where accuracy is known.</summary>
    public static IReadOnlyList<Chart> All(LoadTestResult result) =>
        [ResponseTime(result), .. AccuracyAgainstTime(result) is { } accuracy ? new Chart[] { accuracy } : [], Throughput(result), Throttled(result)];

    private static ScatterChart? AccuracyAgainstTime(LoadTestResult result)
    {
        double[] accuracies = [.. result.Targets.Select(target => target.Accuracy.Share * 100).OfType<double>()];
        if (accuracies.Length == 0 || CommonLoad.Of(result) is not { } common)
        {
            return null;
        }

        return new ScatterChart
        {
            Title = "Accuracy against response time",
            Description = $"Further up is more often right, further left is faster. Each pale point is a stage, from little load at the left to much at the right; the ringed ones compare the endpoints at {ReportWords.Load(common, result.Settings.IsOpen)}. None in the Pareto set is beaten in accuracy, response time and capacity at once.",
            X = new Axis("95th percentile of response time", "ms") { Scale = AxisScale.Logarithmic },
            // Room above and below, so that a difference of a tenth of a percent looks as small as it is.
            Y = new Axis("Accuracy under load", "%") { Min = Math.Max(0, accuracies.Min() - 2), Max = Math.Min(100, accuracies.Max() + 2) },
            Groups = [.. result.Targets.Select((target, i) => new Series(target.Name, AccuracyPoints(target)) { Color = i, Joined = true, Faint = true })],
            Highlights = [.. result.Targets.SelectMany((target, i) => CommonLoad.At(target, common) is { } stage && target.Accuracy.Share is not null
                ? new[] { new Highlight(AccuracyPoint(target, stage), result.Targets.Count > 1 && Advice.IsOnFront(target, result) ? $"{target.Name} (Pareto set)" : target.Name) { Color = i } }
                : [])],
        };
    }

    private static LineChart ResponseTime(LoadTestResult result) => new()
    {
        Title = $"Response time against {LoadName(result)}",
        Description = "Median (solid) and 95th percentile (dashed) of answered requests; rejections do not count. Less is better.",
        X = LoadAxis(result),
        Y = new Axis("Response time", "ms") { Min = 0 },
        Series = [.. result.Targets.SelectMany((target, i) => new[]
        {
            new Series($"{target.Name} p95", TimePoints(target, "p95", ms => ms.P95)) { Color = i, Dashed = true },
            new Series($"{target.Name} p50", TimePoints(target, "p50", ms => ms.P50))
            {
                Color = i,
                Band = [.. Answered(target).Select(stage => new BandPoint(stage.Level, stage.Outcomes.Ok.LatencyMs!.P50, stage.Outcomes.Ok.LatencyMs.P95))],
            },
        })],
        Markers = Onsets(result),
    };

    private static LineChart Throughput(LoadTestResult result) => new()
    {
        Title = $"Throughput against {LoadName(result)}",
        Description = "Answered requests a second. More is better.",
        X = LoadAxis(result),
        Y = new Axis("Answered", "requests/s") { Min = 0 },
        Series = [.. result.Targets.Select((target, i) => new Series(target.Name, [.. Measured(target).Select(stage =>
            new ChartPoint(stage.Level, stage.OkPerSecond, $"{target.Name}, {ReportWords.Load(stage)}: {Figures.Rate(stage.OkPerSecond)} answered/s"))]) { Color = i })],
        Markers = Onsets(result),
    };

    private static LineChart Throttled(LoadTestResult result) => new()
    {
        Title = $"Throttled requests against {LoadName(result)}",
        Description = $"Share of requests turned away with status 429. Throttling counts as started above {Figures.Share(ThrottlingOnset.Share)}.",
        X = LoadAxis(result),
        Y = new Axis("Throttled", "%") { Min = 0, Max = result.Targets.Any(target => target.Onset.StartsAt is not null) ? null : 5 },
        Series = [.. result.Targets.Select((target, i) => new Series(target.Name, [.. Measured(target).Select(stage =>
            new ChartPoint(stage.Level, stage.ThrottledShare * 100, $"{target.Name}, {ReportWords.Load(stage)}: {Figures.Share(stage.ThrottledShare)} throttled"))]) { Color = i })],
        Markers = Onsets(result),
    };

    /// <summary>A marker for each number of users at which throttling of one or more targets starts.</summary>
    private static Marker[] Onsets(LoadTestResult result) => [.. result.Targets
        .Select((target, i) => (target.Name, target.Onset.StartsAt, Color: i))
        .Where(target => target.StartsAt is not null)
        .GroupBy(target => target.StartsAt!.Value)
        .OrderBy(onset => onset.Key)
        .Select(onset => new Marker(onset.Key, $"{ReportWords.List([.. onset.Select(target => target.Name)])}: throttling starts at {ReportWords.Load(onset.Key, result.Settings.IsOpen)}")
        {
            Color = onset.Count() == 1 ? onset.First().Color : null,
        })];

    private static string LoadName(LoadTestResult result) => result.Settings.IsOpen ? "requests sent" : "users";

    private static Axis LoadAxis(LoadTestResult result) => result.Settings.IsOpen
        ? new Axis("Requests sent", "requests/s") { Min = 0 }
        : new Axis("Virtual users") { WholeNumbers = true, Min = 0 };

    private static ChartPoint[] TimePoints(TargetResult target, string figure, Func<LatencySummary, double> pick) => [.. Answered(target).Select(stage =>
        new ChartPoint(stage.Level, pick(stage.Outcomes.Ok.LatencyMs!),
            $"{target.Name} {figure}, {ReportWords.Load(stage)}: {Figures.Latency(pick(stage.Outcomes.Ok.LatencyMs!))}"))];

    private static ChartPoint[] AccuracyPoints(TargetResult target) =>
        target.Accuracy.Share is null ? [] : [.. Answered(target).Select(stage => AccuracyPoint(target, stage))];

    /// <summary>A stage's response time at the target's accuracy over all stages: load changes when an answer comes, not which one.</summary>
    private static ChartPoint AccuracyPoint(TargetResult target, StageResult stage) => new(
        stage.Outcomes.Ok.LatencyMs!.P95, target.Accuracy.Share!.Value * 100,
        $"{target.Name}, {ReportWords.Load(stage)}: p95 {Figures.Latency(stage.Outcomes.Ok.LatencyMs.P95)}, accuracy {Figures.Accuracy(target.Accuracy.Share)}");

    private static StageResult[] Measured(TargetResult target) => [.. target.Stages.Where(stage => stage.Outcomes.Requests > 0).OrderBy(stage => stage.Level)];

    private static StageResult[] Answered(TargetResult target) => [.. Measured(target).Where(stage => stage.Outcomes.Ok.LatencyMs is not null)];
}
