using System.Globalization;
using Endpoints.LoadTest.Results;

namespace Endpoints.LoadTest.Report;

/// <summary>The sentences of the report.</summary>
internal static class ReportWords
{
    public const string Outcomes =
        "Every request of the whole test, warm-ups included. Times of different outcomes are never mixed: a flood of quick rejections would make a busy server look fast.";

    public const string NoAccuracy = "Whether the answers were right is not known: the pairs had no labels to compare them with.";

    public static IReadOnlyList<string> Lead(LoadTestResult result)
    {
        int? common = CommonLoad.Of(result);
        var lead = result.Targets.Select(target => Target(target, common)).ToList();
        if (!result.Complete)
        {
            lead.Insert(0, "This test was interrupted: what follows is what was measured until then.");
        }

        return lead;
    }

    /// <summary>What holds one target, how fast and how right it is.</summary>
    private static string Target(TargetResult target, int? common)
    {
        var sentences = new List<string> { Holding(target) };
        if (CommonLoad.At(target, common) is { Outcomes.Ok.LatencyMs: { } ms } stage)
        {
            sentences.Add(string.Create(CultureInfo.InvariantCulture,
                $"At {Users(stage.Users)} it answered {Figures.Rate(stage.OkPerSecond)} requests a second, half of them within {Figures.Latency(ms.P50)} and 95 % within {Figures.Latency(ms.P95)}."));
        }

        if (target.Accuracy.Share is { } accuracy)
        {
            sentences.Add($"{Figures.Accuracy(accuracy)} of the {Figures.Count(target.Accuracy.Scored)} answers that could be checked were right.");
        }

        if (target.Facts?.Parameters is { } parameters)
        {
            string share = target.Facts.ParametersBeforePruning is { } before && before > parameters
                ? $", {Figures.Share((double)parameters / before)} of the model it was pruned from"
                : "";
            sentences.Add($"It has {Figures.Parameters(parameters)} parameters{share}{(target.Facts.Precision is { } precision ? $", and computes in {precision}" : "")}.");
        }

        long failed = target.Stages.Sum(stage => stage.Outcomes.Failed);
        if (failed > 0)
        {
            double share = (double)failed / target.Stages.Sum(stage => stage.Outcomes.Requests);
            sentences.Add($"{Figures.Share(share)} of its requests ({Figures.Count(failed)}) failed for other reasons than throttling.");
        }

        return string.Join(' ', sentences);
    }

    private static string Holding(TargetResult target)
    {
        ThrottlingOnset onset = target.Onset;
        return (onset.Holds, onset.StartsAt) switch
        {
            (null, null) => $"{target.Name} was not measured.",
            ({ } holds, null) => $"{target.Name} held {Users(holds)}, the most it was tested with, without throttling.",
            (null, { } from) => $"{target.Name} throttled from {Users(from)} on, the fewest it was tested with: {Throttled(target, from)}.",
            ({ } holds, { } from) => $"{target.Name} held {Users(holds)}; throttling started at {from.ToString(CultureInfo.InvariantCulture)}, where {Throttled(target, from)}.",
        };
    }

    private static string Throttled(TargetResult target, int users) =>
        $"{Figures.Share(target.Stages.Where(stage => stage.Users == users).Max(stage => stage.ThrottledShare))} of requests were turned away (429)";

    public static IReadOnlyList<string> Rules(LoadTestResult result)
    {
        LoadTestSettings settings = result.Settings;
        return
        [
            "Each virtual user is a loop on a connection of its own: it sends a pair, waits for the whole answer, "
                + (settings.ThinkTimeSeconds > 0 ? $"thinks for {Figures.Seconds(settings.ThinkTimeSeconds)}, " : "")
                + "and sends the next (a closed loop: when answers slow down, fewer requests are sent). "
                + $"After an answer of 429 or a refused connection it waits {Figures.Seconds(settings.ThrottleBackoffSeconds)} more before it tries again; it does not obey Retry-After.",
            $"The targets were tested one after the other, each with the same pairs in the same order. The first {Figures.Share(settings.WarmUpShare)} of each stage, at most "
                + $"{Figures.Seconds(settings.WarmUpLimitSeconds)}, is warm-up and does not count. A request belongs to the part of the stage it was sent in, however late its answer came.",
            $"Throttling counts as started at the fewest users with more than {Figures.Share(ThrottlingOnset.Share)} of requests answered 429. "
                + $"A request without an answer after {Figures.Seconds(settings.TimeoutSeconds)} is timed out. Response times run from just before sending to the last byte of the answer; "
                + "percentiles are within 1 % of the exact ones.",
        ];
    }

    public static string Footer(LoadTestResult result) => string.Create(CultureInfo.InvariantCulture,
        $"Measured on {result.Started.UtcDateTime:yyyy-MM-dd} from {result.Started.UtcDateTime:HH:mm:ss} to {result.Ended.UtcDateTime:HH:mm:ss} UTC on {result.Machine.Processor}, {result.Machine.Cores} cores.");

    public static string Users(int count) => count == 1 ? "1 user" : $"{Figures.Count(count)} users";

    public static string List(IReadOnlyList<string> names) => names.Count < 2 ? string.Concat(names) : $"{string.Join(", ", names.SkipLast(1))} and {names[^1]}";
}
