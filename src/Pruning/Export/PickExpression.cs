using System.Globalization;
using Endpoints.Pruning.Runs;
using Endpoints.Pruning.Statistics;

namespace Endpoints.Pruning.Export;

/// <summary>A user's way to choose one sub-network of a search.</summary>
/// <remarks>
/// <list type="bullet">
/// <item><c>smallest-within:1%</c>: fewest parameters among those on the front whose score (1 - error) is at most 1 % of the base's score below it.</item>
/// <item><c>smallest-not-worse</c> (or <c>smallest-not-worse:1%</c>): fewest parameters among those on the front that do not make significantly more errors
/// than the base on the validation examples, by a one-sided paired test at 5 % (or that level).</item>
/// <item><c>params&lt;60M</c> or <c>params&lt;60%</c>: least error among those on the front with fewer parameters than that (K, M, B, or a share of the base's).</item>
/// <item><c>latency&lt;5ms</c> or <c>latency&lt;50%</c>: likewise by latency, measured or else from the table (us, ms, s, or a share of the base's).</item>
/// <item><c>trial:12</c> or <c>12</c>: that trial, whether on the front or not.</item>
/// </list>
/// The base is the whole super-network. Between equals, fewer parameters and then the earlier trial win.
/// </remarks>
public abstract class PickExpression
{
    /// <summary>Reads an expression; blanks and case do not matter.</summary>
    /// <exception cref="FormatException">It is none; the message says what is expected.</exception>
    public static PickExpression Parse(string text)
    {
        string compact = text.Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant();
        int end = compact.IndexOfAny([':', '<']) + 1;
        PickExpression? expression = (compact[..end], compact[end..]) switch
        {
            ("smallest-within:", var share) => Limit.Parse(share) is { } tolerance ? new SmallestWithin(tolerance.Amount) : null,
            ("", "smallest-not-worse") => new SmallestNotWorse(PairedTest.Level),
            ("smallest-not-worse:", var level) => Limit.Parse(level) is { Amount: > 0 and < 1 } chance ? new SmallestNotWorse(chance.Amount) : null,
            ("params<", var size) => Limit.Parse(size, ("k", 1e3), ("m", 1e6), ("b", 1e9), ("", 1)) is { } limit ? new FewerParameters(limit) : null,
            ("latency<", var time) => Limit.Parse(time, ("us", 1e-3), ("ms", 1), ("s", 1e3)) is { } limit ? new LessLatency(limit) : null,
            ("trial:" or "", var id) => int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out int trial) ? new TrialById(trial) : null,
            _ => null,
        };
        return expression ?? throw new FormatException(
            $"'{text}' chooses no sub-network: expected smallest-within:1%, smallest-not-worse, params<60M, params<60%, latency<5ms, latency<50% or trial:12.");
    }

    /// <summary>Chooses a trial.</summary>
    /// <exception cref="InvalidOperationException">No trial fits, or the search did not measure what is asked for; the message says what there is.</exception>
    public Trial Choose(FrontReport report) => report.Trials.Count > 0
        ? ChooseFrom(report)
        : throw new InvalidOperationException("The search has no finished trial to choose from.");

    /// <summary>The base's trial, which shares and losses are relative to.</summary>
    internal static Trial BaseOf(FrontReport report) => report.Base ?? throw new InvalidOperationException(
        "The search has not evaluated the whole super-network, which this choice is relative to: continue it, or choose a trial by its number.");

    /// <summary>A trial's value of an objective that this choice needs.</summary>
    internal static double ValueOf(FrontReport report, Trial trial, string objective) => report.Has(objective)
        ? report.Value(trial, objective)
        : throw new InvalidOperationException(
            $"This choice needs the objective {(objective == "latency" ? "latency or latency-table" : objective)}, which the search did not have: "
            + $"its objectives are {string.Join(", ", report.Configuration.Objectives.Select(info => info.Name))}.");

    internal abstract Trial ChooseFrom(FrontReport report);

    internal static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
