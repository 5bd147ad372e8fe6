using System.Globalization;
using System.Text.RegularExpressions;
using Endpoints.LoadTest.Measuring;
using Endpoints.LoadTest.Results;

namespace Endpoints.LoadTest.Goals;

/// <summary>
/// A statement about a stage, as users type it: <c>p95&lt;200ms</c>, <c>throttled&gt;1%</c>, <c>base:p99&gt;1s</c> (one target only), <c>throttled.p99&gt;10ms</c>
/// (latencies of one outcome), <c>p95&gt;200ms@50</c> (one load only).
/// </summary>
public sealed partial class Condition
{
    private const string Expected =
        "expected [TARGET:]FIGURE(<,<=,>,>=)VALUE[@LOAD], such as p95<200ms, base:throttled>1% or throttled.p99>10ms; "
        + "figures are p50 to p99.99, mean and max (of answered requests, or of OUTCOME.), throttled, failed, timedout, refused, wrong, accuracy, changed and rate";

    private static readonly Dictionary<string, Outcome> Outcomes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ok"] = Outcome.Ok,
        ["throttled"] = Outcome.Throttled,
        ["timedout"] = Outcome.TimedOut,
        ["refused"] = Outcome.Refused,
        ["wrong"] = Outcome.Wrong,
    };

    private readonly string _text;
    private readonly string? _target;
    private readonly Figure _figure;
    private readonly string _sign;
    private readonly double _limit;
    private readonly double? _level;

    private Condition(string text, string? target, Figure figure, string sign, double limit, double? level) =>
        (_text, _target, _figure, _sign, _limit, _level) = (text, target, figure, sign, limit, level);

    /// <summary>Reads a condition.</summary>
    /// <exception cref="LoadTestException">The text is none.</exception>
    public static Condition Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Match match = Form.Match(text);
        if (!match.Success)
        {
            throw new LoadTestException($"'{text}' is not a condition: {Expected}.");
        }

        string Group(string name) => match.Groups[name].Value.Trim();
        Figure figure = FigureOf(Group("figure")) ?? throw new LoadTestException($"'{Group("figure")}' in '{text}' is not a figure: {Expected}.");
        double limit = LimitOf(Group("value"), figure.Unit)
            ?? throw new LoadTestException($"'{Group("value")}' in '{text}' is not {UnitText(figure.Unit)}: {Expected}.");
        double? level = Group("level") is { Length: > 0 } number ? double.Parse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) : null;
        return new Condition(text.Trim(), Group("target") is { Length: > 0 } target ? target : null, figure, Group("sign"), limit, level);
    }

    /// <summary>Is it about this stage of this target?</summary>
    public bool Concerns(string target, StageResult stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        return (_target is null || _target == target) && (_level is null || _level == stage.Level);
    }

    /// <summary>A condition on a target that is not there would hold the run to nothing, unseen.</summary>
    /// <exception cref="LoadTestException">A condition names no target of the run.</exception>
    internal static void RequireTargets(IEnumerable<Condition> conditions, IReadOnlyList<string> targets)
    {
        if (conditions.FirstOrDefault(condition => condition._target is { } target && !targets.Contains(target)) is { } stray)
        {
            throw new LoadTestException($"'{stray}' is about {stray._target}, which is no target here: the targets are {string.Join(", ", targets)}.");
        }
    }

    /// <summary>Does it hold? Null when the stage lacks the figure, for example a latency because nothing was answered.</summary>
    public bool? Holds(StageResult stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        return _figure.Of(stage) is not { } value ? null : _sign switch
        {
            "<" => value < _limit,
            "<=" => value <= _limit,
            ">" => value > _limit,
            _ => value >= _limit,
        };
    }

    /// <summary>The figure of a stage with its unit, as people read it.</summary>
    public string Found(StageResult stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        return _figure.Of(stage) is not { } value ? "no such figure" : _figure.Unit switch
        {
            Unit.Time => Figures.Latency(value),
            Unit.Share => Figures.Share(value),
            _ => Figures.Rate(value) + "/s",
        };
    }

    /// <inheritdoc/>
    public override string ToString() => _text;

    [GeneratedRegex(@"^\s*((?<target>[^:<>=]+):)?(?<figure>[A-Za-z0-9.\s]+?)(?<sign><=|>=|<|>)(?<value>[^@]+)(@(?<level>[0-9.]+))?\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Form { get; }

    [GeneratedRegex(@"^p(?<percent>\d{1,2}(\.\d{1,2})?|100)$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Percentile { get; }

    private static Figure? FigureOf(string name)
    {
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        if (dot > 0 && Outcomes.TryGetValue(name[..dot], out Outcome of))
        {
            return LatencyOf(of, name[(dot + 1)..]);
        }

        return name.ToLowerInvariant() switch
        {
            "accuracy" => new Figure(Unit.Share, stage => stage.Accuracy.Share),
            "changed" => new Figure(Unit.Share, stage => stage.Changes?.Share),
            "rate" => new Figure(Unit.Rate, stage => stage.OkPerSecond),
            "failed" => new Figure(Unit.Share, stage => stage.FailedShare),
            string share when Outcomes.TryGetValue(share, out Outcome outcome) => new Figure(Unit.Share, stage => stage.Outcomes.Share(outcome)),
            _ => LatencyOf(Outcome.Ok, name),
        };
    }

    private static Figure? LatencyOf(Outcome outcome, string name)
    {
        if (Percentile.Match(name) is { Success: true } match)
        {
            double share = double.Parse(match.Groups["percent"].Value, CultureInfo.InvariantCulture) / 100;
            return new Figure(Unit.Time, stage => stage.Outcomes[outcome].PercentileMs(share));
        }

        return name.ToLowerInvariant() switch
        {
            "mean" => new Figure(Unit.Time, stage => stage.Outcomes[outcome].LatencyMs?.Mean),
            "max" => new Figure(Unit.Time, stage => stage.Outcomes[outcome].LatencyMs?.Max),
            _ => null,
        };
    }

    private static double? LimitOf(string text, Unit unit)
    {
        (string Suffix, double Factor)[] units = unit switch
        {
            Unit.Time => [("ms", 1), ("us", 0.001), ("µs", 0.001), ("s", 1000)],
            Unit.Share => [("%", 0.01), ("", 1)],
            _ => [("/s", 1), ("", 1)],
        };
        foreach ((string suffix, double factor) in units)
        {
            if (text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)
                && double.TryParse(text[..^suffix.Length].Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value))
            {
                return value * factor;
            }
        }

        return null;
    }

    private static string UnitText(Unit unit) => unit switch
    {
        Unit.Time => "a time with its unit, such as 200ms",
        Unit.Share => "a share, such as 1%",
        _ => "a rate, such as 500/s",
    };

    private enum Unit
    {
        Time,
        Share,
        Rate,
    }

    /// <summary>A figure of a stage: times in ms, shares from 0 to 1.</summary>
    private sealed record Figure(Unit Unit, Func<StageResult, double?> Of);
}
