using Endpoints.LoadTest.Measuring;
using Endpoints.LoadTest.Results;

namespace Endpoints.LoadTest.Merging;

/// <summary>Adds up what several testers measured in the same stage.</summary>
internal static class StageMerge
{
    public static StageResult Of(StageResult[] parts, LoadTestSettings settings)
    {
        OutcomeFigures outcomes = Sum([.. parts.Select(part => part.Outcomes)]);
        bool open = parts[0].Rate is not null;
        return parts[0] with
        {
            Users = parts.Sum(part => part.Users),
            Rate = open ? parts.Sum(part => part.Rate) : null,
            Seconds = parts.Average(part => part.Seconds),
            WarmUpRequests = parts.Sum(part => part.WarmUpRequests),
            Complete = parts.All(part => part.Complete),
            Outcomes = outcomes,
            Accuracy = new AnswerAccuracy(parts.Sum(part => part.Accuracy.Scored), parts.Sum(part => part.Accuracy.Correct)) { Pairs = parts.Max(part => part.Accuracy.Pairs) },
            Reference = ReferenceFigures.Sum(parts.Select(part => part.Reference)),
            Changes = AnswerChanges.Sum(parts.Select(part => part.Changes)),
            Intervals = Intervals(parts, outcomes.Ok),
            Windows = parts.Max(part => part.Windows),
            Steady = parts.Any(part => part.Steady is null) ? null : parts.All(part => part.Steady == true),
            CorrectedMs = open || outcomes.Ok.Histogram is null ? null : LatencySummary.From(StageResult.Corrected(outcomes.Ok.Histogram, settings.PacingSeconds, settings.ThinkTimeSeconds)),
            SendLag = Sum([.. parts.Select(part => part.SendLag)]),
            Planned = parts.Sum(part => part.Planned),
            Attempts = parts.Sum(part => part.Attempts),
            OkAttempts = parts.Sum(part => part.OkAttempts),
            ThrottledAttempts = parts.Sum(part => part.ThrottledAttempts),
            Split = parts.All(part => part.Split is null) ? null : new ServerSplit(
                Sum([.. parts.Select(part => part.Split?.Queue)])!, Sum([.. parts.Select(part => part.Split?.Compute)])!, Sum([.. parts.Select(part => part.Split?.Network)])!),

            // Each tester saw the server count the requests of all, over a time that is not quite the others'.
            Server = null,
            CpuShare = parts.Max(part => part.CpuShare),
            Invalid = parts.Select(part => part.Invalid).FirstOrDefault(reason => reason is not null),
        };
    }

    public static OutcomeFigures Sum(OutcomeFigures[] parts)
    {
        return new OutcomeFigures(Of(Outcome.Ok), Of(Outcome.Throttled), Of(Outcome.TimedOut), Of(Outcome.Refused), Of(Outcome.Wrong));

        OutcomeFigure Of(Outcome outcome) => Sum([.. parts.Select(part => part[outcome])]) ?? new OutcomeFigure(0, null);
    }

    /// <summary>The sum of those figures that there are; null when there is none.</summary>
    private static OutcomeFigure? Sum(OutcomeFigure?[] parts)
    {
        LatencyHistogram[] histograms = [.. parts.Select(part => part?.Histogram).OfType<LatencyHistogram>()];
        if (histograms.Length == 0)
        {
            return null;
        }

        var sum = new LatencyHistogram();
        foreach (LatencyHistogram histogram in histograms)
        {
            sum.Add(histogram);
        }

        return OutcomeFigure.From(sum);
    }

    /// <summary>Testers are independent of each other: the variances of their rates add up, those of their percentiles by the square of their part.</summary>
    private static StageIntervals? Intervals(StageResult[] parts, OutcomeFigure ok)
    {
        if (parts.Any(part => part.Intervals is null))
        {
            return null;
        }

        double[] part = [.. parts.Select(each => ok.Count == 0 ? 0 : (double)each.Outcomes.Ok.Count / ok.Count)];
        return new StageIntervals(
            Around(parts.Sum(each => each.OkPerSecond), each => each.OkPerSecond, [.. parts.Select(_ => 1.0)]),
            ok.LatencyMs is null ? null : Around(ok.LatencyMs.P50, each => each.P50Ms, part),
            ok.LatencyMs is null ? null : Around(ok.LatencyMs.P95, each => each.P95Ms, part));

        Interval? Around(double middle, Func<StageIntervals, Interval?> of, double[] weights)
        {
            Interval?[] ends = [.. parts.Select(each => of(each.Intervals!))];
            if (ends.Any(interval => interval is null))
            {
                return null;
            }

            double half = Math.Sqrt(ends.Zip(weights).Sum(each => Math.Pow(each.Second * (each.First!.Value.High - each.First.Value.Low) / 2, 2)));
            return new Interval(Math.Round(Math.Max(0, middle - half), 3), Math.Round(middle + half, 3));
        }
    }
}
