using Endpoints.Charts.Pages;
using Endpoints.LoadTest.Measuring;
using Endpoints.LoadTest.Profiles;
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
        double? common = CommonLoad.Of(result);
        string at = common is { } load ? $" at {ReportWords.Load(load, result.Settings.IsOpen)}" : "";
        (string Name, Func<TargetResult, string> Figure)[] rows =
        [
            ("Holds", target => target.Onset.Holds is { } holds ? ReportWords.Load(holds, target.IsOpen) : "–"),
            ("Throttling starts at", target => target.Onset.StartsAt is { } from ? ReportWords.Load(from, target.IsOpen) : "not reached"),
            .. result.Targets.All(target => target.Onset.FailsAt is null) ? [] : new (string, Func<TargetResult, string>)[]
            {
                ("More than 1 % fail from", target => target.Onset.FailsAt is { } from ? ReportWords.Load(from, target.IsOpen) : "not reached"),
            },
            ("Knee: 95 % of its most answers a second from", target => target.Knee is { } knee ? ReportWords.Load(knee, target.IsOpen) : "–"),
            .. result.Settings.Slo.Count == 0 ? [] : new (string, Func<TargetResult, string>)[]
            {
                ($"Keeps {ReportWords.List(result.Settings.Slo)} up to", target => target.Promise?.Holds is { } kept ? ReportWords.Load(kept, target.IsOpen) : "–"),
                ("Answers a second there", target => target.Promise is { OkPerSecond: > 0 } promise ? Figures.Rate(promise.OkPerSecond) : "–"),
            },
            ("Machine time of a million answers", target => Advice.MachineTimePerMillion(target) is { } machine ? Figures.Long(machine) : "–"),
            .. result.Settings.PricePerHour is null ? [] : new (string, Func<TargetResult, string>)[]
            {
                ("A million answers cost", target => Advice.PricePerMillion(target, result.Settings) is { } price ? Figures.Money(price) : "–"),
            },
            ($"Median response time{at}", target => Figures.Latency(CommonLoad.At(target, common)?.Outcomes.Ok.LatencyMs?.P50)),
            ($"95th percentile{at}", target => Figures.Latency(CommonLoad.At(target, common)?.Outcomes.Ok.LatencyMs?.P95)),
            ("Most answers a second", target => target.Stages.Count == 0 ? "–" : Figures.Rate(target.Stages.Max(stage => stage.OkPerSecond))),
            ("Accuracy under load", target => Figures.Accuracy(target.Accuracy.Share)),
            ("… 95 % sure", target => Between(target.Accuracy.Interval, share => Figures.Accuracy(share))),
            ("Beaten by none in accuracy, p95 and capacity (Pareto set)", target => Advice.IsOnFront(target, result) ? "yes" : "no"),
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
        [target.IsOpen ? "Requests/s" : "Users", "Requests", "Answered/s", .. TimeColumns, "Throttled", "Failed", "Accuracy"],
        [.. target.StagesByLoad.Select(Stage)])
    {
        TextColumns = 0,
        StressedRows = [.. target.StagesByLoad.Index().Where(stage => !ThrottlingOnset.Held(stage.Item)).Select(stage => stage.Index)],
    };

    /// <summary>What the figures of each stage are worth: their intervals, whether they were steady, and whether the tester kept up.</summary>
    public static ReportTable Certainty(TargetResult target)
    {
        bool late = target.Stages.Any(stage => stage.SendLag is not null);
        return new ReportTable(
            target.Name,
            [target.IsOpen ? "Requests/s" : "Users", "Valid", "Steady", "Windows", "Answered/s, 95 % sure", "p95, ms, 95 % sure", "Accuracy, 95 % sure",
                .. target.IsOpen ? (string[])["Planned"] : ["p95 corrected, ms", "p99 corrected, ms"], "Tester's CPU", .. late ? (string[])["Sent late, p99, ms"] : []],
            [.. target.StagesByLoad.Select(stage => (string[])
            [
                ReportWords.Level(stage), stage.Invalid is null ? "yes" : "INVALID", stage.Steady switch { true => "yes", false => "no", null => "–" }, Figures.Count(stage.Windows),
                Between(stage.Intervals?.OkPerSecond, Figures.Rate), Between(stage.Intervals?.P95Ms, ms => Figures.Milliseconds(ms)), Between(stage.Accuracy.Interval, share => Figures.Accuracy(share)),
                .. target.IsOpen ? (string[])[Figures.Count(stage.Planned)] : [Figures.Milliseconds(stage.CorrectedMs?.P95), Figures.Milliseconds(stage.CorrectedMs?.P99)],
                Figures.Share(stage.CpuShare), .. late ? (string[])[Figures.Milliseconds(stage.SendLag?.LatencyMs?.P99)] : [],
            ])])
        {
            TextColumns = 0,
            StressedRows = [.. target.StagesByLoad.Index().Where(stage => stage.Item.Invalid is not null).Select(stage => stage.Index)],
        };
    }

    /// <summary>Whether answers stay the same whatever the load, and are those of the reference; null when there was nothing to compare.</summary>
    public static ReportTable? Answers(TargetResult target)
    {
        bool referred = target.Stages.Any(stage => stage.Reference is not null);
        return !referred && target.Stages.All(stage => stage.Changes is null) ? null : new ReportTable(
            target.Name,
            [target.IsOpen ? "Requests/s" : "Users", "Asked before", "Changed", "Right, now wrong", "Wrong, now right",
                .. referred ? (string[])["Beside the reference", "Beyond the tolerance", "Worst difference"] : []],
            [.. target.StagesByLoad.Select(stage => (string[])[
                ReportWords.Level(stage),
                .. stage.Changes is { } changes ? new[] { changes.Compared, changes.Changed, changes.ToWrong, changes.ToRight }.Select(Figures.Count) : Enumerable.Repeat("–", 4),
                .. !referred ? [] : stage.Reference is { } reference ? (string[])[Figures.Count(reference.Compared), Figures.Count(reference.Beyond), Figures.Difference(reference.Worst)] : ["–", "–", "–"]])])
        {
            TextColumns = 0,
            StressedRows = [.. target.StagesByLoad.Index().Where(stage => target.AccuracyShifts.Any(shift => shift.Level == stage.Item.Level) || stage.Item.Reference?.Beyond > 0).Select(stage => stage.Index)],
        };
    }

    /// <summary>Each target beside the first (A/B); null when there is one target.</summary>
    public static ReportTable? Comparisons(LoadTestResult result) => result.Comparisons.Count == 0 ? null : new ReportTable(
        $"Beside {result.Targets[0].Name}", ["Endpoint", "Figure", result.Targets[0].Name, "This one", "p", "Differs"],
        [.. result.Comparisons.SelectMany(comparison => comparison.Figures.Select(figure => (string[])[
            $"{comparison.Target} at {ReportWords.Load(comparison.Level, result.Settings.IsOpen)}", figure.Name,
            .. new[] { figure.First, figure.Second }.Select(value => figure.Name == "accuracy" ? Figures.Accuracy(value) : figure.Name == "answers/s" ? Figures.Rate(value) : Figures.Milliseconds(value)),
            Figures.Probability(figure.P), figure.Differs ? "yes" : "not surely"]))])
    { TextColumns = 2 };

    /// <summary>Where answered requests spent their time; null when the server did not say.</summary>
    public static ReportTable? Split(TargetResult target) => target.Stages.All(stage => stage.Split is null) ? null : new ReportTable(
        $"{target.Name}: where the time of answered requests went",
        [target.IsOpen ? "Requests/s" : "Users", .. new[] { "Queue", "Compute", "Network" }.SelectMany(part => new[] { $"{part} p50, ms", $"{part} p95, ms" })],
        [.. target.StagesByLoad.Select(stage => (string[])[ReportWords.Level(stage), .. new[] { stage.Split?.Queue, stage.Split?.Compute, stage.Split?.Network }
            .SelectMany(part => new[] { Figures.Milliseconds(part?.LatencyMs?.P50), Figures.Milliseconds(part?.LatencyMs?.P95) })])])
    {
        TextColumns = 0,
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
            ["Stages", string.Join(", ", settings.Profile.Select(ReportWords.Setting))],
            ["Pairs", $"{Figures.Count(settings.Pairs)}, {Figures.Count(settings.LabelledPairs)} with a label"],
            ["Label compared with", settings.AnswerField],
            ["Loop", settings.IsOpen ? $"open, {(settings.Arrivals == Arrivals.Poisson ? "Poisson" : "even")} arrivals, at most {Figures.Count(settings.MaxConnections)} connections" : "closed"],
            ["Price of a machine for an hour", settings.PricePerHour is { } price ? Figures.Money(price) : "not given"],
            ["Retries", Figures.Count(settings.Retries)],
            ["Seed of the order and of arrivals", Figures.Count(settings.Seed)],
            ["Started", $"{result.Started.UtcDateTime:u}"],
            ["Ended", $"{result.Ended.UtcDateTime:u}{(result.Complete ? "" : result.Aborted ? " (early, for a check failed)" : " (interrupted)")}"],
            ["Machine of the virtual users", $"{result.Machine.Processor}, {result.Machine.Cores} cores, {result.Machine.MemoryBytes / (double)(1L << 30):0.#} GiB"],
            ["Tester", $"{result.Tester}{(settings.Testers > 1 ? $", {settings.Testers} processes together" : "")}"],
            .. settings.SharesProcess ? new[] { (string[])["Server", "in the tester's own process: its processor time is not told apart from the tester's"] } : [],
            ["System", $"{result.Machine.System}, {result.Machine.Runtime}"],
            .. result.Targets.Where(target => target.Facts?.SubNetwork is not null).Select(target => (string[])[$"Sub-network of {target.Name}", target.Facts!.SubNetwork!]),
        ])
        { TextColumns = 2 };
    }

    /// <summary>What the server counted beside what the tester did; null when no server told.</summary>
    public static ReportTable? Server(TargetResult target) => target.Stages.All(stage => stage.Server is null) ? null : new ReportTable(
        $"{target.Name}: the server's counters, whole stages",
        [target.IsOpen ? "Requests/s" : "Users", "Answered, tester", "Answered, server", "Throttled, tester", "Throttled, server", "Others, server", "Agree", "Server's cores in use"],
        [.. target.StagesByLoad.Select(stage => stage.Server is { } server
            ? (string[])[ReportWords.Level(stage), .. new[] { server.ClientOk, server.ServerOk, server.ClientThrottled, server.ServerThrottled, server.ServerOthers }.Select(Figures.Count),
                server.Agrees ? "yes" : "no", server.ServerCores is { } cores ? Figures.Rate(cores) : "–"]
            : [ReportWords.Level(stage), .. Enumerable.Repeat("–", 7)])])
    {
        TextColumns = 0,
        StressedRows = [.. target.StagesByLoad.Index().Where(stage => stage.Item.Server is { Agrees: false }).Select(stage => stage.Index)],
    };

    /// <summary>The checks; null when none was asked for.</summary>
    public static ReportTable? Checks(LoadTestResult result) => result.Checks.Count == 0 ? null : new ReportTable(
        "Conditions that fail the run", ["Condition", "Target", "Load", "Found", "Fails"],
        [.. result.Checks.Select(check => (string[])[check.Condition, check.Target, ReportWords.Load(check.Level, result.Settings.IsOpen), check.Found, check.Failed ? "yes" : "no"])])
    {
        TextColumns = 2,
        StressedRows = [.. result.Checks.Index().Where(check => check.Item.Failed).Select(check => check.Index)],
    };

    private static string[] Stage(StageResult stage) =>
    [
        ReportWords.Level(stage) + (stage.Complete ? "" : " (interrupted)"), Figures.Count(stage.Outcomes.Requests), Figures.Rate(stage.OkPerSecond),
        .. Times(stage.Outcomes.Ok.LatencyMs), Figures.Share(stage.ThrottledShare), Figures.Share(stage.FailedShare), Figures.Accuracy(stage.Accuracy.Share),
    ];

    private static string Between(Interval? interval, Func<double, string> text) => interval is { } ends ? $"{text(ends.Low)} to {text(ends.High)}" : "–";

    private static string[] Times(LatencySummary? ms) =>
        [.. new[] { ms?.P50, ms?.P90, ms?.P95, ms?.P99, ms?.Max }.Select(Figures.Milliseconds)];
}
