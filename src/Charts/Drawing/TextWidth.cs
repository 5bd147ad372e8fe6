using System.Text;

namespace Endpoints.Charts.Drawing;

/// <summary>About how wide a text is, without knowing the reader's font: a little too wide rather than too narrow.</summary>
internal static class TextWidth
{
    /// <summary>Width in pixels at the charts' 13 px.</summary>
    public static double Of(string text)
    {
        double width = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            width += rune.Value switch
            {
                'i' or 'j' or 'l' or 't' or 'f' or 'r' or '.' or ',' or ':' or ' ' or '\'' or '|' => 4.4,
                'm' or 'w' or 'M' or 'W' or '%' => 11.6,
                >= 'A' and <= 'Z' => 9,
                < 0x2E80 => 7.5,
                _ => 13.5,
            };
        }

        return width;
    }

    /// <summary>The text, cut with an ellipsis where it would be wider than that.</summary>
    public static string Fit(string text, double width)
    {
        if (Of(text) <= width)
        {
            return text;
        }

        var runes = text.EnumerateRunes().ToList();
        while (runes.Count > 1 && Of(string.Concat(runes)) + 12 > width)
        {
            runes.RemoveAt(runes.Count - 1);
        }

        return string.Concat(runes).TrimEnd() + "…";
    }
}
