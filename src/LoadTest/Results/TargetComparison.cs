using Endpoints.LoadTest.Measuring;
using Endpoints.LoadTest.Users;

namespace Endpoints.LoadTest.Results;

/// <summary>One target beside the first one (A/B), at the most load that both were measured with and neither throttled at.</summary>
/// <param name="Target">Name of the one.</param>
/// <param name="Beside">Name of the first.</param>
/// <param name="Level">The load.</param>
/// <param name="Figures">What was compared.</param>
public sealed record TargetComparison(string Target, string Beside, double Level, IReadOnlyList<ComparedFigure> Figures)
{
    /// <summary>Each target but the first beside the first; p-values are corrected (Holm) for all comparisons of the run.</summary>
    internal static IReadOnlyList<TargetComparison> Of(IReadOnlyList<TargetResult> targets)
    {
        TargetComparison[] all = [.. targets.Skip(1).Select(target => Of(targets[0], target)).OfType<TargetComparison>()];
        double[] corrected = Significance.Holm([.. all.SelectMany(comparison => comparison.Figures).Select(figure => figure.P)]);
        int next = 0;
        return [.. all.Select(comparison => comparison with { Figures = [.. comparison.Figures.Select(figure => figure with { P = Math.Round(corrected[next++], 6) })] })];
    }

    private static TargetComparison? Of(TargetResult first, TargetResult second)
    {
        (StageResult A, StageResult B)? common = first.Stages
            .SelectMany(a => second.Stages.Where(b => b.Level == a.Level).Select(b => (a, b)))
            .Where(both => Measured(both.a) && Measured(both.b))
            .OrderByDescending(both => ThrottlingOnset.Held(both.a) && ThrottlingOnset.Held(both.b))
            .ThenByDescending(both => both.a.Level)
            .Select(both => ((StageResult, StageResult)?)both)
            .FirstOrDefault();
        return common is not var (one, other) ? null : new TargetComparison(second.Name, first.Name, one.Level, [.. new[]
        {
            Timed("answers/s", one.OkPerSecond, one.Intervals!.OkPerSecond, other.OkPerSecond, other.Intervals!.OkPerSecond),
            Timed("p50 ms", one.Outcomes.Ok.LatencyMs!.P50, one.Intervals.P50Ms, other.Outcomes.Ok.LatencyMs!.P50, other.Intervals.P50Ms),
            Timed("p95 ms", one.Outcomes.Ok.LatencyMs.P95, one.Intervals.P95Ms, other.Outcomes.Ok.LatencyMs.P95, other.Intervals.P95Ms),
            Accuracy(first, second),
        }.OfType<ComparedFigure>()]);
    }

    private static bool Measured(StageResult stage) => stage is { Intervals: not null, Outcomes.Ok.LatencyMs: not null };

    private static ComparedFigure? Timed(string name, double first, Interval? firstInterval, double second, Interval? secondInterval) =>
        firstInterval is { } a && secondInterval is { } b
            ? new ComparedFigure(name, first, second, Significance.Welch(first, a, second, b, StageSlices.Windows * StageSlices.PerWindow))
            : null;

    /// <summary>Pair by pair: only where one was right and the other was not do they differ (McNemar, exact).</summary>
    private static ComparedFigure? Accuracy(TargetResult first, TargetResult second)
    {
        (char A, char B)[] both = [.. (first.FirstAnswers ?? "").Zip(second.FirstAnswers ?? "").Where(pair => pair is { First: not '-', Second: not '-' })];
        return both.Length == 0 ? null : new ComparedFigure(
            "accuracy", both.Count(pair => pair.A == '1') / (double)both.Length, both.Count(pair => pair.B == '1') / (double)both.Length,
            Significance.Sign(both.Count(pair => pair is { A: '1', B: '0' }), both.Count(pair => pair is { A: '0', B: '1' })));
    }
}

/// <summary>A figure of two targets.</summary>
/// <param name="Name">Which.</param>
/// <param name="First">Of the first target.</param>
/// <param name="Second">Of the other.</param>
/// <param name="P">How likely a difference as large is by chance.</param>
public sealed record ComparedFigure(string Name, double First, double Second, double P)
{
    /// <summary>Is it sure (95 %, over all comparisons of the run together) that they differ?</summary>
    public bool Differs => P < Significance.Level;
}
