using Endpoints.Charts.Pages;
using Endpoints.LoadTest.Measuring;
using Endpoints.LoadTest.Results;

namespace Endpoints.LoadTest.Report;

/// <summary>The tables of the report.</summary>
internal static class ReportTables
{
    private static readonly string[] TimeColumns = ["p50, ms", "p90, ms", "p95, ms", "p99, ms", "Longest, ms"];

    private static readonly (Outcome Outcome, string Name)[] OutcomeNames =
    [
        (Outcome.Ok, "Answered"), (Outcome.Throttled, "Throttled (429)"), (Outcome.TimedOut, "Timed out"),
        (Outcome.Refused, "Refused or broken off"), (Outcome.Wrong, "Other status or no label"),
    ];

    /// <summary>A row for each figure and a column for each target: there are few targets, and a telephone is narrow.</summary>
    public static ReportTable Comparison(LoadTestResult result)
    {
        int? common = CommonLoad.Of(result);
        string at = common is { } users ? $" at {ReportWords.Users(users)}" : "";
        (string Name, Func<TargetResult, string> Figure)[] rows =
        [
            ("Holds", target => target.Onset.Holds is { } holds ? ReportWords.Users(holds) : "–"),
            ("Throttling starts at", target => target.Onset.StartsAt is { } from ? ReportWords.Users(from) : "not reached"),
            ($"Median response time{at}", target => Figures.Latency(CommonLoad.At(target, common)?.Outcomes.Ok.LatencyMs?.P50)),
            ($"95th percentile{at}", target => Figures.Latency(CommonLoad.At(target, common)?.Outcomes.Ok.LatencyMs?.P95)),
            ("Most answers a second", target => target.Stages.Count == 0 ? "–" : Figures.Rate(target.Stages.Max(stage => stage.OkPerSecond))),
            ("Accuracy under load", target => Figures.Accuracy(target.Accuracy.Share)),
            ("Answers checked", target => Figures.Count(target.Accuracy.Scored)),
            ("Accuracy before it was served", target => Figures.Accuracy(target.Facts?.Accuracy)),
            ("Measured on", target => target.Facts?.DataSet ?? "–"),
            ("Parameters", target => target.Facts?.Parameters is { } parameters ? Figures.Parameters(parameters) : "–"),
            ("Computes in", target => target.Facts?.Precision ?? "–"),
        ];
        return new ReportTable(
            "The endpoints side by side",
            ["Figure", .. result.Targets.Select(target => target.Name)],
            [.. rows.Select(row => (string[])[row.Name, .. result.Targets.Select(row.Figure)])]);
    }

    public static ReportTable Stages(TargetResult target) => new(
        $"{target.Name}: {target.Url}",
        ["Users", "Requests", "Answered/s", .. TimeColumns, "Throttled", "Failed", "Accuracy"],
        [.. target.Stages.Select(Stage)])
    {
        TextColumns = 0,
        StressedRows = [.. Enumerable.Range(0, target.Stages.Count).Where(i => target.Stages[i].ThrottledShare > ThrottlingOnset.Share)],
    };

    public static ReportTable Outcomes(TargetResult target) => new(
        target.Abandoned == 0 ? target.Name : $"{target.Name} (and {Figures.Count(target.Abandoned)} given up when the test was interrupted)",
        ["Outcome", "Requests", "Share", .. TimeColumns],
        [.. OutcomeNames.Select(outcome => (string[])[
            outcome.Name, Figures.Count(target.Whole[outcome.Outcome].Count), Figures.Share(target.Whole.Share(outcome.Outcome)),
            .. Times(target.Whole[outcome.Outcome].LatencyMs)])]);

    public static ReportTable Provenance(LoadTestResult result)
    {
        LoadTestSettings settings = result.Settings;
        return new ReportTable("The run", ["What", "Value"],
        [
            ["Stages", string.Join(", ", settings.Profile.Select(stage => $"{ReportWords.Users(stage.Users)} for {Figures.Seconds(stage.Seconds)}"))],
            ["Pairs", $"{Figures.Count(settings.Pairs)}, {Figures.Count(settings.LabelledPairs)} with a label"],
            ["Label compared with", $"JSON field '{settings.AnswerField}'"],
            ["Seed of the order", Figures.Count(settings.Seed)],
            ["Started", $"{result.Started.UtcDateTime:u}"],
            ["Ended", $"{result.Ended.UtcDateTime:u}{(result.Complete ? "" : " (interrupted)")}"],
            ["Machine of the virtual users", $"{result.Machine.Processor}, {result.Machine.Cores} cores, {result.Machine.MemoryBytes / (double)(1L << 30):0.#} GiB"],
            ["System", $"{result.Machine.System}, {result.Machine.Runtime}"],
            .. result.Targets.Where(target => target.Facts?.SubNetwork is not null).Select(target => (string[])[$"Sub-network of {target.Name}", target.Facts!.SubNetwork!]),
        ])
        { TextColumns = 2 };
    }

    private static string[] Stage(StageResult stage) =>
    [
        Figures.Count(stage.Users) + (stage.Complete ? "" : " (interrupted)"), Figures.Count(stage.Outcomes.Requests), Figures.Rate(stage.OkPerSecond),
        .. Times(stage.Outcomes.Ok.LatencyMs), Figures.Share(stage.ThrottledShare), Figures.Share(stage.FailedShare), Figures.Accuracy(stage.Accuracy.Share),
    ];

    private static string[] Times(LatencySummary? ms) =>
        [.. new[] { ms?.P50, ms?.P90, ms?.P95, ms?.P99, ms?.Max }.Select(Figures.Milliseconds)];
}
