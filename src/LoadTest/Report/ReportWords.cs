using System.Globalization;
using Endpoints.LoadTest.Goals;
using Endpoints.LoadTest.Profiles;
using Endpoints.LoadTest.Results;

namespace Endpoints.LoadTest.Report;

/// <summary>The sentences of the report.</summary>
internal static class ReportWords
{
    public const string Outcomes =
        "Every request of the whole test, warm-ups included. Times of different outcomes are never mixed: a flood of quick rejections would make a busy server look fast.";

    public const string NoAccuracy = "Whether the answers were right is not known: the pairs had no labels to compare them with.";

    public const string Server =
        "The counters of the server, read before and after each stage, beside the tester's own counts. They agree exactly when nobody else used the endpoint meanwhile "
        + "and every request reached it.";

    public const string Answers =
        "The same question should get the same answer whatever the load. Each answer is held against the target's first to the same question; accuracy counts as changed where "
        + "more became wrong than right, or the other way round, than chance allows (exact sign test, corrected for the number of stages).";

    public const string Comparisons =
        "At the most load that both held. Rates and percentiles by Welch's test over twelve slices of the stage, accuracy pair by pair (McNemar's exact test); "
        + "p is how likely a difference as large is by chance, corrected (Holm) for all comparisons here, and counts as found below 0.05.";

    public const string Split =
        "The server's own account (its Server-Timing header): waiting in its queue, being computed, and the rest, which is network, reading and writing, and the tester itself.";

    public static IReadOnlyList<string> Lead(LoadTestResult result)
    {
        double? common = CommonLoad.Of(result);
        return
        [
            .. Warnings(result),
            .. Advice.Sentence(result) is { } advice ? new[] { advice } : [],
            .. result.Targets.Select(target => Target(target, result.Settings, common)),
            .. Unsteady(result) is { } unsteady ? new[] { unsteady } : [],
        ];
    }

    /// <summary>That stages were not steady; null when all were.</summary>
    private static string? Unsteady(LoadTestResult result)
    {
        bool?[] steady = [.. result.Targets.SelectMany(target => target.Stages).Where(stage => stage.Outcomes.Ok.Count > 0 && stage.Steady is not null).Select(stage => stage.Steady)];
        int unsteady = steady.Count(each => each is false);
        return unsteady == 0 ? null
            : $"{unsteady} of {steady.Length} stages {(unsteady == 1 ? "was" : "were")} not steady (windows that differ by more than 10 %): trust their intervals rather than their figures"
                + (result.Settings is { MaxWindows: > 3 } or { SharesProcess: true } ? "." : ", or lengthen such stages with --windows 10.");
    }

    /// <summary>Why the figures may not be what was asked for.</summary>
    private static IEnumerable<string> Warnings(LoadTestResult result)
    {
        if (!result.Complete)
        {
            yield return $"This test was {(result.Aborted ? "ended early, for a check failed" : "interrupted")}: what follows is what was measured until then.";
        }

        (string Target, StageResult Stage)[] invalid =
            [.. result.Targets.SelectMany(target => target.StagesByLoad.Where(stage => stage.Invalid is not null).Select(stage => (target.Name, stage)))];
        if (invalid.Length > 0)
        {
            yield return $"INVALID: in {invalid.Length} of {result.Targets.Sum(target => target.Stages.Count)} stages the tester was the bottleneck, not the server. "
                + $"{invalid[0].Target} at {Load(invalid[0].Stage)}: {invalid[0].Stage.Invalid}.{(invalid.Length > 1 ? " The other stages are marked below." : "")}";
        }

        Check[] failed = [.. result.Checks.Where(check => check.Failed)];
        if (failed.Length > 0)
        {
            yield return $"FAILED: {failed[0].Target} at {Load(failed[0].Level, result.Settings.IsOpen)}: {failed[0].Condition} (found {failed[0].Found})"
                + $"{(failed.Length > 1 ? $", and {failed.Length - 1} more" : "")}.";
        }

        foreach (string warning in AnswerWarnings(result))
        {
            yield return warning;
        }

        if (result.Log is { Problem: { } problem })
        {
            yield return $"The request log ends before the test does: {problem}.";
        }
        else if (result.Log is { Dropped: > 0 } log)
        {
            yield return $"The request log lacks {Figures.Count(log.Dropped)} of {Figures.Count(log.Dropped + log.Written)} attempts: the disk did not keep up.";
        }
    }

    /// <summary>Answers that hang on the load, or are not those of the reference.</summary>
    private static IEnumerable<string> AnswerWarnings(LoadTestResult result)
    {
        foreach (TargetResult target in result.Targets)
        {
            if (target.AccuracyShifts is [var shift, ..] shifts)
            {
                string p = Figures.Probability(shift.P);
                yield return string.Create(CultureInfo.InvariantCulture,
                    $"ACCURACY CHANGED with load: at {Load(shift.Level, target.IsOpen)} {target.Name} answered {Figures.Count(shift.ToWrong)} times wrong what it had first answered right, and {Figures.Count(shift.ToRight)} times the other way round (p {(p[0] == '<' ? p : $"= {p}")}{(shifts.Count > 1 ? $"; so in {shifts.Count - 1} more stages" : "")}).");
            }
            else if (AnswerChanges.Sum(target.Stages.Select(stage => stage.Changes)) is { Changed: > 0 } changes)
            {
                yield return $"{target.Name} does not always answer the same: {Figures.Count(changes.Changed)} of {Figures.Count(changes.Compared)} answers differ from its first to the same question.";
            }

            if (ReferenceFigures.Sum(target.Stages.Select(stage => stage.Reference)) is { Beyond: > 0 } reference)
            {
                yield return string.Create(CultureInfo.InvariantCulture,
                    $"{Figures.Share(reference.BeyondShare)} of {target.Name}'s answers have a score further from the reference than {result.Settings.Tolerance:0.######}, the furthest by {reference.Worst:0.######}; they count as wrong.");
            }
        }
    }

    /// <summary>What holds one target, how fast and how right it is.</summary>
    private static string Target(TargetResult target, LoadTestSettings settings, double? common)
    {
        var sentences = new List<string> { Holding(target) };
        if (CommonLoad.At(target, common) is { Outcomes.Ok.LatencyMs: { } ms } stage)
        {
            sentences.Add(string.Create(CultureInfo.InvariantCulture,
                $"At {Load(stage)} it answered {Figures.Rate(stage.OkPerSecond)} requests a second, half of them within {Figures.Latency(ms.P50)} and 95 % within {Figures.Latency(ms.P95)}{Corrected(stage, ms.P95)}."));
        }

        if (target.Accuracy.Share is { } accuracy)
        {
            sentences.Add($"{Figures.Accuracy(accuracy)} of the {Figures.Count(target.Accuracy.Scored)} answers that could be checked{(target.Accuracy.Pairs is { } pairs ? $", to {Figures.Count(pairs)} pairs," : "")} were right (95 % sure: {Figures.Accuracy(target.Accuracy.Interval!.Value.Low)} to {Figures.Accuracy(target.Accuracy.Interval.Value.High)}).");
        }

        if (target.Facts?.Parameters is { } parameters)
        {
            string share = target.Facts.ParametersBeforePruning is { } before && before > parameters
                ? $", {Figures.Share((double)parameters / before)} of the model it was pruned from"
                : "";
            sentences.Add($"It has {Figures.Parameters(parameters)} parameters{share}{(target.Facts.Precision is { } precision ? $", and computes in {precision}" : "")}.");
        }

        if (target.Promise is { } promise)
        {
            sentences.Add(PromiseOf(promise, settings, target.IsOpen));
        }

        if (Advice.PricePerMillion(target, settings) is { } price)
        {
            sentences.Add($"At {Figures.Money(settings.PricePerHour!.Value)} an hour for its machine, a million answers cost {Figures.Money(price)}.");
        }

        long failed = target.Stages.Sum(stage => stage.Outcomes.Failed);
        if (failed > 0)
        {
            double share = (double)failed / target.Stages.Sum(stage => stage.Outcomes.Requests);
            sentences.Add($"Over all loads {Figures.Share(share)} of its requests ({Figures.Count(failed)}) failed for other reasons than throttling.");
        }

        return string.Join(' ', sentences);
    }

    /// <summary>In a closed loop slow answers hide requests that were not sent meanwhile; where that changes the figure, both are told.</summary>
    private static string Corrected(StageResult stage, double p95) =>
        stage.CorrectedMs is { } corrected && corrected.P95 > 1.1 * p95 ? $" ({Figures.Latency(corrected.P95)} with the requests that users did not send while they waited)" : "";

    private static string PromiseOf(Promise promise, LoadTestSettings settings, bool open)
    {
        string conditions = List(settings.Slo);
        return (promise.Holds, promise.BreaksAt) switch
        {
            (null, _) => $"The promise {conditions} is not kept, even with the least load.",
            ({ } holds, null) => $"The promise {conditions} is kept up to {Load(holds, open)}, the most it was tested with ({Figures.Rate(promise.OkPerSecond)} answers a second).",
            ({ } holds, { } breaks) => $"The promise {conditions} is kept up to {Load(holds, open)} ({Figures.Rate(promise.OkPerSecond)} answers a second) and broken at {Figures.Level(breaks)}.",
        };
    }

    private static string Holding(TargetResult target)
    {
        ThrottlingOnset onset = target.Onset;
        if (onset.FailsFirst)
        {
            return (onset.Holds is { } held ? $"{target.Name} held {Load(held, target.IsOpen)}" : $"{target.Name} did not hold the least load it was tested with")
                + $"; at {Load(onset.FailsAt!.Value, target.IsOpen)} {Failed(target, onset.FailsAt.Value)}.";
        }

        return (onset.Holds, onset.StartsAt) switch
        {
            (null, null) => $"{target.Name} was not measured.",
            ({ } holds, null) => $"{target.Name} held {Load(holds, target.IsOpen)}, the most it was tested with, without throttling.",
            (null, { } from) => $"{target.Name} throttled from {Load(from, target.IsOpen)} on, the fewest it was tested with: {Throttled(target, from)}.",
            ({ } holds, { } from) => $"{target.Name} held {Load(holds, target.IsOpen)}; throttling started at {Figures.Level(from)}, where {Throttled(target, from)}.",
        };
    }

    private static string Throttled(TargetResult target, double level) =>
        $"{Figures.Share(target.Stages.Where(stage => stage.Level == level).Max(stage => stage.ThrottledShare))} of requests were turned away (429)";

    private static string Failed(TargetResult target, double level) =>
        $"{Figures.Share(target.Stages.Where(stage => stage.Level == level).Max(stage => stage.FailedShare))} of requests failed for other reasons than throttling";

    public static IReadOnlyList<string> Rules(LoadTestResult result)
    {
        LoadTestSettings settings = result.Settings;
        return
        [
            settings.IsOpen ? OpenLoop(settings) : "Each virtual user is a loop on a connection of its own: it sends a pair, waits for the whole answer, "
                + (settings.ThinkTimeSeconds > 0 ? $"thinks for {Figures.Seconds(settings.ThinkTimeSeconds)}, " : "")
                + "and sends the next (a closed loop: when answers slow down, fewer requests are sent). "
                + (settings.PacingSeconds > 0 ? $"Its requests start at least {Figures.Seconds(settings.PacingSeconds)} apart. " : "")
                + $"After an answer of 429 or a refused connection it waits {Figures.Seconds(settings.ThrottleBackoffSeconds)} more before it tries again; it does not obey Retry-After.",
            $"The targets were tested one after the other, each with the same pairs in the same order. The first {Figures.Share(settings.WarmUpShare)} of each stage, at most "
                + $"{Figures.Seconds(settings.WarmUpLimitSeconds)}, is warm-up and does not count. A request belongs to the part of the stage it was sent in, however late its answer came.",
            $"Throttling counts as started at the least load at which it is sure (lower end of Wilson's 95 % interval) that more than {Figures.Share(ThrottlingOnset.Share)} of requests are answered 429; a load is held where neither that is sure nor that as many fail. "
                + $"A request without an answer after {Figures.Seconds(settings.TimeoutSeconds)} is timed out. Response times run from {(settings.IsOpen ? "when the request was to be sent" : "just before sending")} to the last byte of the answer; "
                + "percentiles are within 1 % of the exact ones."
        ];
    }

    public static string Footer(LoadTestResult result) => string.Create(CultureInfo.InvariantCulture,
        $"Measured on {result.Started.UtcDateTime:yyyy-MM-dd} from {result.Started.UtcDateTime:HH:mm:ss} to {result.Ended.UtcDateTime:HH:mm:ss} UTC on {result.Machine.Processor}, {result.Machine.Cores} cores.");

    /// <summary>A stage that was asked for.</summary>
    public static string Setting(StageSetting stage) => stage.Rate is { } rate
        ? $"{Figures.Level(rate)}{(stage.RateTo is { } to ? $" to {Figures.Level(to)}" : "")} requests/s for {Figures.Seconds(stage.Seconds)}"
        : $"{Users(stage.Users)} for {Figures.Seconds(stage.Seconds)}";

    /// <summary>A load with its unit.</summary>
    public static string Load(double level, bool open) => open ? $"{Figures.Level(level)} requests/s" : Users((int)level);

    public static string Load(StageResult stage) => Load(stage.Level, stage.Rate is not null);

    /// <summary>The load of a stage for a column that names the unit.</summary>
    public static string Level(StageResult stage) => Figures.Level(stage.Level);

    private static string OpenLoop(LoadTestSettings settings) =>
        $"Requests are sent when their time has come, whatever became of those before (an open loop), {(settings.Arrivals == Arrivals.Poisson ? "at random times (Poisson)" : "evenly spread")}, "
        + $"over at most {Figures.Count(settings.MaxConnections)} connections; one that finds none free waits, and that counts in its response time.";

    public static string Users(int count) => count == 1 ? "1 user" : $"{Figures.Count(count)} users";

    public static string List(IReadOnlyList<string> names) => names.Count < 2 ? string.Concat(names) : $"{string.Join(", ", names.SkipLast(1))} and {names[^1]}";
}
