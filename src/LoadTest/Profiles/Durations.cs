using System.Globalization;

namespace Endpoints.LoadTest.Profiles;

/// <summary>Durations as users type and read them.</summary>
public static class Durations
{
    private static readonly (string Suffix, double Seconds)[] Units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)];

    /// <summary>Reads a duration with its unit: <c>500ms</c>, <c>10s</c>, <c>1.5m</c>, <c>2h</c>; or plain <c>0</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">What the duration is of, for the error.</param>
    /// <exception cref="LoadTestException">The text is no duration, is negative, or is more than 24 h.</exception>
    public static TimeSpan Parse(string text, string name)
    {
        ArgumentNullException.ThrowIfNull(text);
        string trimmed = text.Trim();
        if (trimmed == "0")
        {
            return TimeSpan.Zero;
        }

        foreach ((string suffix, double seconds) in Units)
        {
            if (trimmed.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)
                && double.TryParse(trimmed[..^suffix.Length].TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
                && value * seconds <= TimeSpan.SecondsPerDay)
            {
                return TimeSpan.FromSeconds(value * seconds);
            }
        }

        throw new LoadTestException($"'{text}' is not a duration for {name}: expected a number with its unit, at most 24 h, such as 500ms, 10s, 1.5m or 2h.");
    }
}
