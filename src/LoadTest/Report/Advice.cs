using Endpoints.LoadTest.Results;

namespace Endpoints.LoadTest.Report;

/// <summary>Which of several targets to deploy, and what a request costs.</summary>
internal static class Advice
{
    /// <summary>Two-sided 95 % of the normal distribution.</summary>
    private const double Z = 1.959964;

    /// <summary>Answers a second that a target is good for: with the promise kept where there is one, else without throttling. Null when there are none.</summary>
    public static double? Capacity(TargetResult target)
    {
        double rate = target.Promise is { } promise
            ? promise.OkPerSecond
            : target.Stages.Where(stage => stage.Level <= target.Onset.Holds).Select(stage => stage.OkPerSecond).DefaultIfEmpty(0).Max();
        return rate > 0 ? rate : null;
    }

    /// <summary>Price of a million answers at that rate; null without a price.</summary>
    public static double? PricePerMillion(TargetResult target, LoadTestSettings settings) =>
        settings.PricePerHour / 3600 / Capacity(target) * 1e6;

    /// <summary>What a million answers take of its machine at that rate; null without one.</summary>
    public static TimeSpan? MachineTimePerMillion(TargetResult target) => Capacity(target) is { } rate ? TimeSpan.FromSeconds(1e6 / rate) : null;

    /// <summary>Is no other target at least as good in accuracy, response time at the common load and capacity, and better in one?</summary>
    public static bool IsOnFront(TargetResult target, LoadTestResult result)
    {
        double? common = CommonLoad.Of(result);
        double[] mine = Values(target);
        return !result.Targets.Any(other => Values(other).Zip(mine).ToArray() is var pairs
            && pairs.All(pair => pair.First >= pair.Second) && pairs.Any(pair => pair.First > pair.Second));

        double[] Values(TargetResult each) =>
            [each.Accuracy.Share ?? 0, -(CommonLoad.At(each, common)?.Outcomes.Ok.LatencyMs?.P95 ?? double.MaxValue), Capacity(each) ?? 0];
    }

    /// <summary>The advice in words; null when there is nothing to choose from.</summary>
    public static string? Sentence(LoadTestResult result)
    {
        TargetResult[] able = [.. result.Targets.Where(target => Capacity(target) is not null)];
        if (able.Length < 2)
        {
            return null;
        }

        TargetResult best = able.MaxBy(target => target.Accuracy.Share ?? 0)!;
        TargetResult pick = able.Where(target => !SurelyLess(target, best)).MaxBy(Capacity)!;
        TargetResult fastest = able.MaxBy(Capacity)!;
        string kept = pick.Promise is null ? "without throttling" : "with the promise kept";
        string advice = $"Deploy {pick.Name}: it answers {Figures.Rate(Capacity(pick)!.Value)} requests a second {kept}"
            + (pick.Accuracy.Share is null ? ", the most of all." : pick == best
                ? $" and is right most often ({Figures.Accuracy(pick.Accuracy.Share)})."
                : $", {Figures.Times(Capacity(pick)!.Value / Capacity(best)!.Value)} as many as {best.Name}, at an accuracy that is not significantly lower "
                    + $"({Figures.Accuracy(pick.Accuracy.Share)} against {Figures.Accuracy(best.Accuracy.Share)}).");
        return fastest == pick
            ? advice
            : $"{advice} If an accuracy of {Figures.Accuracy(fastest.Accuracy.Share)} instead of {Figures.Accuracy(pick.Accuracy.Share)} is enough, deploy {fastest.Name}: "
                + $"it answers {Figures.Times(Capacity(fastest)!.Value / Capacity(pick)!.Value)} as many.";
    }

    /// <summary>Is one target less often right than another with 95 % confidence: pair by pair where the same pairs were asked, else by the shares?</summary>
    private static bool SurelyLess(TargetResult one, TargetResult other)
    {
        if (one.Accuracy is not { Share: { } a } || other.Accuracy is not { Share: { } b })
        {
            return one.Accuracy.Share is null && other.Accuracy.Share is not null;
        }

        if (one.FirstAnswers is { } first && other.FirstAnswers is { } second)
        {
            (char One, char Other)[] pairs = [.. first.Zip(second)];
            return b > a && Significance.Sign(pairs.Count(pair => pair is { One: '1', Other: '0' }), pairs.Count(pair => pair is { One: '0', Other: '1' })) < Significance.Level;
        }

        double deviation = Math.Sqrt((a * (1 - a) / Trials(one.Accuracy)) + (b * (1 - b) / Trials(other.Accuracy)));
        return b - a > Z * deviation;

        static double Trials(AnswerAccuracy accuracy) => Math.Min(accuracy.Scored, accuracy.Pairs ?? accuracy.Scored);
    }
}
