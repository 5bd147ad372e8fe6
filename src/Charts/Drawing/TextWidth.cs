using System.Text;

namespace Endpoints.Charts.Drawing;

/// <summary>About how wide a text is, without knowing the reader's font: as wide as the widest of the usual ones.</summary>
internal static class TextWidth
{
    private const double Bold = 1.14;

    /// <summary>Width in pixels at the charts' 13 px.</summary>
    public static double Of(string text)
    {
        double width = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            width += rune.Value switch
            {
                'i' or 'j' or 'l' or '.' or ',' or ':' or ' ' or '\'' or '|' => 4.3,
                't' or 'f' or 'r' => 5.3,
                'm' or 'w' or 'M' or 'W' or '%' => 12.4,
                >= 'A' and <= 'Z' => 9.3,
                < 0x2E80 => 8.2,
                _ => 13.5,
            };
        }

        return width;
    }

    /// <summary>Width in pixels at 13 px in bold.</summary>
    public static double OfStrong(string text) => Of(text) * Bold;

    /// <summary>Rows of bold text no wider than that, broken at blanks.</summary>
    public static string[] WrapStrong(string text, double width)
    {
        var rows = new List<string>();
        foreach (string word in text.Split(' '))
        {
            if (rows.Count > 0 && OfStrong($"{rows[^1]} {word}") <= width)
            {
                rows[^1] += " " + word;
            }
            else
            {
                rows.Add(word);
            }
        }

        return [.. rows.Select(row => Fit(row, width / Bold))];
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
