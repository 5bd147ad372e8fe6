using System.Globalization;

namespace Endpoints.Pruning.Export;

/// <summary>An amount with a unit, or a share of the base's amount.</summary>
/// <param name="Amount">In the base unit, or from 0 where a share.</param>
/// <param name="IsShare">True when it was given in percent.</param>
internal readonly record struct Limit(double Amount, bool IsShare)
{
    /// <summary>Reads <c>60%</c>, or a number with one of the units; null where it is neither.</summary>
    public static Limit? Parse(string text, params ReadOnlySpan<(string Suffix, double Factor)> units)
    {
        if (Number(text, "%") is { } percent)
        {
            return new Limit(percent / 100, IsShare: true);
        }

        foreach ((string suffix, double factor) in units)
        {
            if (Number(text, suffix) is { } number)
            {
                return new Limit(number * factor, IsShare: false);
            }
        }

        return null;
    }

    /// <summary>The limit itself, of a base of that amount.</summary>
    public double Of(Func<double> baseAmount) => IsShare ? Amount * baseAmount() : Amount;

    private static double? Number(string text, string suffix) =>
        text.EndsWith(suffix, StringComparison.Ordinal)
        && double.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)
        && double.IsFinite(number)
            ? number
            : null;
}
