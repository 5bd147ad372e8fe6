using Endpoints.LoadTest.Measuring;
using Endpoints.LoadTest.Results;

namespace Endpoints.LoadTest.Output;

/// <summary><c>stages.csv</c>: a row per target and stage, with counts and latencies apart by outcome.</summary>
internal static class StagesCsv
{
    private static readonly (Outcome Outcome, string Name)[] Outcomes =
        [(Outcome.Ok, "ok"), (Outcome.Throttled, "throttled"), (Outcome.TimedOut, "timed out"), (Outcome.Refused, "refused"), (Outcome.Wrong, "wrong")];

    public static IEnumerable<string> Rows(LoadTestResult result) =>
        [Header(), .. result.Targets.SelectMany(target => target.Stages.Select(stage => Row(target.Name, stage)))];

    private static string Header() => CsvFile.Row(
        ["target", "users", "rate", "seconds", "complete", "warm-up requests", "requests", "requests/s", "ok/s", "throttled share", "accuracy", "scored", "correct", "accuracy low", "accuracy high", "ok/s low", "ok/s high", "p95 low", "p95 high",
            "windows", "steady", "corrected p95 ms", "corrected p99 ms", "send lag p99 ms", "planned", "attempts", "tester cpu", "invalid",
            "queue p50 ms", "queue p95 ms", "compute p50 ms", "compute p95 ms", "network p50 ms", "network p95 ms",
            .. Outcomes.SelectMany<(Outcome, string Name), string>(outcome =>
                [outcome.Name, .. new[] { "mean", "p50", "p90", "p95", "p99", "max" }.Select(figure => $"{outcome.Name} {figure} ms")]),
            "answered before", "changed", "to wrong", "to right", "reference compared", "reference beyond", "reference worst"]);

    private static string Row(string target, StageResult stage) => CsvFile.Row(
        [target, CsvFile.Cell(stage.Users), Cell(stage.Rate), CsvFile.Cell(stage.Seconds), stage.Complete ? "true" : "false", CsvFile.Cell(stage.WarmUpRequests),
            CsvFile.Cell(stage.Outcomes.Requests), CsvFile.Cell(stage.RequestsPerSecond), CsvFile.Cell(stage.OkPerSecond), CsvFile.Cell(stage.ThrottledShare),
            Cell(stage.Accuracy.Share), CsvFile.Cell(stage.Accuracy.Scored), CsvFile.Cell(stage.Accuracy.Correct),
            .. Ends(stage.Accuracy.Interval), .. Ends(stage.Intervals?.OkPerSecond), .. Ends(stage.Intervals?.P95Ms),
            CsvFile.Cell(stage.Windows), stage.Steady switch { true => "true", false => "false", null => "" },
            Cell(stage.CorrectedMs?.P95), Cell(stage.CorrectedMs?.P99), Cell(stage.SendLag?.LatencyMs?.P99),
            CsvFile.Cell(stage.Planned), CsvFile.Cell(stage.Attempts), CsvFile.Cell(stage.CpuShare), stage.Invalid ?? "",
            .. new[] { stage.Split?.Queue, stage.Split?.Compute, stage.Split?.Network }.SelectMany(part => new[] { Cell(part?.LatencyMs?.P50), Cell(part?.LatencyMs?.P95) }),
            .. Outcomes.SelectMany<(Outcome Outcome, string), string>(outcome => [CsvFile.Cell(stage.Outcomes[outcome.Outcome].Count), .. Times(stage.Outcomes[outcome.Outcome].LatencyMs)]),
            Cell(stage.Changes?.Compared), Cell(stage.Changes?.Changed), Cell(stage.Changes?.ToWrong), Cell(stage.Changes?.ToRight),
            Cell(stage.Reference?.Compared), Cell(stage.Reference?.Beyond), Cell(stage.Reference?.Worst)]);

    private static string Cell(double? value) => value is { } number ? CsvFile.Cell(number) : "";

    private static string[] Ends(Interval? interval) => [Cell(interval?.Low), Cell(interval?.High)];

    private static IEnumerable<string> Times(LatencySummary? ms) =>
        ms is null ? Enumerable.Repeat("", 6) : new[] { ms.Mean, ms.P50, ms.P90, ms.P95, ms.P99, ms.Max }.Select(CsvFile.Cell);
}
