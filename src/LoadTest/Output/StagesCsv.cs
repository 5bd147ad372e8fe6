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
        ["target", "users", "seconds", "complete", "warm-up requests", "requests", "requests/s", "ok/s", "throttled share", "accuracy", "scored", "correct",
            .. Outcomes.SelectMany<(Outcome, string Name), string>(outcome =>
                [outcome.Name, .. new[] { "mean", "p50", "p90", "p95", "p99", "max" }.Select(figure => $"{outcome.Name} {figure} ms")])]);

    private static string Row(string target, StageResult stage) => CsvFile.Row(
        [target, CsvFile.Cell(stage.Users), CsvFile.Cell(stage.Seconds), stage.Complete ? "true" : "false", CsvFile.Cell(stage.WarmUpRequests),
            CsvFile.Cell(stage.Outcomes.Requests), CsvFile.Cell(stage.RequestsPerSecond), CsvFile.Cell(stage.OkPerSecond), CsvFile.Cell(stage.ThrottledShare),
            stage.Accuracy.Share is { } accuracy ? CsvFile.Cell(accuracy) : "", CsvFile.Cell(stage.Accuracy.Scored), CsvFile.Cell(stage.Accuracy.Correct),
            .. Outcomes.SelectMany<(Outcome Outcome, string), string>(outcome => [CsvFile.Cell(stage.Outcomes[outcome.Outcome].Count), .. Times(stage.Outcomes[outcome.Outcome].LatencyMs)])]);

    private static IEnumerable<string> Times(LatencySummary? ms) =>
        ms is null ? Enumerable.Repeat("", 6) : new[] { ms.Mean, ms.P50, ms.P90, ms.P95, ms.P99, ms.Max }.Select(CsvFile.Cell);
}
