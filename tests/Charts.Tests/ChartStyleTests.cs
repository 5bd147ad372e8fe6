using System.Globalization;
using System.Text.RegularExpressions;

namespace Endpoints.Charts.Tests;

public sealed class ChartStyleTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Css_Colours_StandOutFromTheirBackground(int scheme)
    {
        string block = ChartStyle.Css.Split("@media")[scheme];
        double surface = Luminance(Regex.Match(block, "--chart-surface:#([0-9a-f]+)").Groups[1].Value);

        string[] lines = [.. Regex.Matches(block, "--chart-[1-6]:#([0-9a-f]{6})").Select(match => match.Groups[1].Value)];
        string[] texts = [.. Regex.Matches(block, "--chart-(?:text|muted):#([0-9a-f]{6})").Select(match => match.Groups[1].Value)];

        Assert.Equal(ChartStyle.ColorCount, lines.Length);
        Assert.Equal(2, texts.Length);
        Assert.All(lines, color => Assert.True(Contrast(Luminance(color), surface) >= 3, color));
        Assert.All(texts, color => Assert.True(Contrast(Luminance(color), surface) >= 4.5, color));
    }

    private static double Contrast(double one, double other) => (Math.Max(one, other) + 0.05) / (Math.Min(one, other) + 0.05);

    /// <summary>Relative luminance as WCAG defines it.</summary>
    private static double Luminance(string hex)
    {
        hex = hex.Length == 3 ? string.Concat(hex.Select(digit => $"{digit}{digit}")) : hex;
        double[] channels = [.. Enumerable.Range(0, 3)
            .Select(i => int.Parse(hex.AsSpan(2 * i, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0)
            .Select(value => value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4))];
        return (0.2126 * channels[0]) + (0.7152 * channels[1]) + (0.0722 * channels[2]);
    }
}
