using Endpoints.Charts.Pages;
using Endpoints.LoadTest.Measuring;
using Endpoints.LoadTest.Results;

namespace Endpoints.LoadTest.Report;

/// <summary>The tables of the report.</summary>
internal static class ReportTables
{
    private static readonly (Outcome Outcome, string Name)[] OutcomeNames =
    [
        (Outcome.Ok, "Answered"), (Outcome.Throttled, "Throttled (429)"), (Outcome.TimedOut, "Timed out"),
        (Outcome.Refused, "Refused or broken off"), (Outcome.Wrong, "Other status or no label"),
    ];

    public static ReportTable Comparison(LoadTestResult result)
    {
        int? common = CommonLoad.Of(result);
        string at = common is { } users ? $"at {ReportWords.Users(users)}" : "";
        return new ReportTable(
            "The endpoints side by side",
            ["Endpoint", "Holds", "Throttling starts at", $"p50 {at}", $"p95 {at}", "Most answers/s", "Accuracy under load", "Answers checked", "Accuracy before serving", "Parameters"],
            [.. result.Targets.Select(target => Compare(target, CommonLoad.At(target, common)?.Outcomes.Ok.LatencyMs))]);
    }

    public static ReportTable Stages(TargetResult target) => new(
        $"{target.Name}: {target.Url}",
        ["Users", "Requests", "Answered/s", "p50", "p90", "p95", "p99", "Longest", "Throttled", "Failed", "Accuracy"],
        [.. target.Stages.Select(Stage)])
    {
        TextColumns = 0,
        StressedRows = [.. Enumerable.Range(0, target.Stages.Count).Where(i => target.Stages[i].ThrottledShare > ThrottlingOnset.Share)],
    };

    public static ReportTable Outcomes(TargetResult target) => new(
        target.Abandoned == 0 ? target.Name : $"{target.Name} (and {Figures.Count(target.Abandoned)} given up when the test was interrupted)",
        ["Outcome", "Requests", "Share", "p50", "p90", "p95", "p99", "Longest"],
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

    private static string[] Compare(TargetResult target, LatencySummary? ms) =>
    [
        target.Name,
        target.Onset.Holds is { } holds ? ReportWords.Users(holds) : "–",
        target.Onset.StartsAt is { } from ? ReportWords.Users(from) : "not reached",
        Figures.Latency(ms?.P50), Figures.Latency(ms?.P95),
        target.Stages.Count == 0 ? "–" : Figures.Rate(target.Stages.Max(stage => stage.OkPerSecond)),
        Figures.Accuracy(target.Accuracy.Share), Figures.Count(target.Accuracy.Scored),
        target.Facts?.Accuracy is { } accuracy ? $"{Figures.Accuracy(accuracy)}{(target.Facts.DataSet is { } data ? $" ({data})" : "")}" : "–",
        target.Facts?.Parameters is { } parameters ? Figures.Parameters(parameters) : "–",
    ];

    private static string[] Stage(StageResult stage) =>
    [
        Figures.Count(stage.Users) + (stage.Complete ? "" : " (interrupted)"), Figures.Count(stage.Outcomes.Requests), Figures.Rate(stage.OkPerSecond),
        .. Times(stage.Outcomes.Ok.LatencyMs), Figures.Share(stage.ThrottledShare), Figures.Share(stage.FailedShare), Figures.Accuracy(stage.Accuracy.Share),
    ];

    private static string[] Times(LatencySummary? ms) =>
        [Figures.Latency(ms?.P50), Figures.Latency(ms?.P90), Figures.Latency(ms?.P95), Figures.Latency(ms?.P99), Figures.Latency(ms?.Max)];
}
