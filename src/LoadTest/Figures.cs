using System.Globalization;

namespace Endpoints.LoadTest;

/// <summary>Figures as people read them, the same in the terminal and in the report.</summary>
internal static class Figures
{
    /// <summary>A latency: two or three digits that matter, in ms or, from 10 s on, in s.</summary>
    public static string Latency(double? ms) => ms switch
    {
        null => "–",
        < 10 => Text(ms.Value, "0.0#") + " ms",
        < 100 => Text(ms.Value, "0.0") + " ms",
        < 10_000 => Text(ms.Value, "#,0") + " ms",
        _ => Text(ms.Value / 1000, "#,0.0") + " s",
    };

    /// <summary>A latency for a column that names the unit, ms.</summary>
    public static string Milliseconds(double? ms) => ms is null ? "–" : Text(ms.Value, ms < 10 ? "0.00" : ms < 100 ? "0.0" : "#,0");

    /// <summary>A rate: whole numbers from 100 on.</summary>
    public static string Rate(double perSecond) => Text(perSecond, perSecond < 100 ? "0.0" : "#,0");

    /// <summary>A share of 0 to 1 in percent; what is not quite none or all does not look like it.</summary>
    public static string Share(double share) => share switch
    {
        > 0 and < 0.0005 => "<0.1 %",
        < 1 and > 0.9995 => ">99.9 %",
        _ => Text(share * 100, "0.#") + " %",
    };

    /// <summary>An accuracy of 0 to 1 in percent, to a tenth.</summary>
    public static string Accuracy(double? share) => share is null ? "–" : Text(share.Value * 100, "0.0") + " %";

    /// <summary>A difference between scores.</summary>
    public static string Difference(double value) => value == 0 ? "0" : Text(value, value < 0.001 ? "0.0E+0" : "0.####");

    /// <summary>A p-value.</summary>
    public static string Probability(double p) => p < 0.001 ? "<0.001" : Text(p, "0.000");

    /// <summary>A factor: 2.5 times.</summary>
    public static string Times(double factor) => Text(factor, "0.0#") + " times";

    /// <summary>An amount of money, in whatever currency the price was given.</summary>
    public static string Money(double amount) => Text(amount, amount < 1 ? "0.00#" : "#,0.00");

    /// <summary>A load: users, or requests a second.</summary>
    public static string Level(double level) => Text(level, "#,0.##");

    public static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>A number of parameters, in millions where there are some.</summary>
    public static string Parameters(long count) => count switch
    {
        >= 100_000_000 => Text(count / 1e6, "#,0") + " million",
        >= 1_000_000 => Text(count / 1e6, "0.0") + " million",
        _ => Count(count),
    };

    public static string Clock(TimeSpan time) => time.TotalHours >= 1
        ? time.ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture)
        : time.ToString(@"m\:ss", CultureInfo.InvariantCulture);

    /// <summary>A time of seconds to days, in the unit that suits it.</summary>
    public static string Long(TimeSpan time) => time.TotalSeconds < 120 ? Text(time.TotalSeconds, "0") + " s"
        : time.TotalMinutes < 120 ? Text(time.TotalMinutes, "0") + " min"
        : Text(time.TotalHours, "#,0.#") + " h";

    public static string Seconds(double seconds) => Text(seconds, "0.###") + " s";

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
