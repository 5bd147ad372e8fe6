using System.Globalization;

namespace Endpoints.Charts.Drawing;

/// <summary>Ticks at round values that enclose a range: multiples of 1, 2 or 5 times a power of ten.</summary>
internal static class NiceTicks
{
    /// <summary>At least two ticks, the first at or below <paramref name="low"/>, the last at or above <paramref name="high"/>.</summary>
    public static double[] Linear(double low, double high, int count, bool wholeNumbers)
    {
        if (!(high > low))
        {
            // One value only: room on both sides, in proportion to it, but a count or a share does not go below zero for that.
            double room = low == 0 ? 1 : Math.Abs(low) * 0.1;
            (low, high) = (low >= 0 ? Math.Max(0, low - room) : low - room, high + room);
        }

        double step = Step((high - low) / Math.Max(1, count - 1));
        step = wholeNumbers ? Math.Max(1, step) : step;
        double first = Math.Floor((low / step) + 1e-9);
        double last = Math.Max(first + 1, Math.Ceiling((high / step) - 1e-9));
        return [.. Enumerable.Range(0, (int)(last - first) + 1).Select(i => Clean((first + i) * step, step))];
    }

    /// <summary>Ticks at 1, 2 and 5 of each decade; only at powers of ten (of a hundred, ...) where that gives too many.</summary>
    public static double[] Logarithmic(double low, double high, int count)
    {
        double[] ticks = Enclose(low, high, [1, 2, 5], 1);
        for (int decades = 1; ticks.Length > count && decades <= 64; decades *= 2)
        {
            ticks = Enclose(low, high, [1], decades);
        }

        return ticks;
    }

    /// <summary>A tick's label, short: thousands, millions and milliards by letter where the whole axis is large.</summary>
    public static string Label(double tick, double largest)
    {
        (double unit, string letter) = Math.Abs(largest) switch
        {
            >= 2e9 => (1e9, "G"),
            >= 2e6 => (1e6, "M"),
            >= 1e4 => (1e3, "k"),
            _ => (1, ""),
        };
        return tick == 0 ? "0" : (tick / unit).ToString("#,0.##########", CultureInfo.InvariantCulture) + letter;
    }

    /// <summary>The round step nearest to a rough one, as ratios go.</summary>
    private static double Step(double rough)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double fraction = rough / power;
        return power * (fraction < Math.Sqrt(2) ? 1 : fraction < Math.Sqrt(10) ? 2 : fraction < Math.Sqrt(50) ? 5 : 10);
    }

    /// <summary>Removes the last bits' error of a multiple of the step, so that labels stay short.</summary>
    private static double Clean(double value, double step)
    {
        int digits = (int)Math.Max(0, 1 - Math.Floor(Math.Log10(step)));
        return digits > 15 ? value : Math.Round(value, digits) + 0.0;
    }

    private static double[] Enclose(double low, double high, double[] mantissas, int decades)
    {
        var ticks = new List<double>();
        int from = (int)Math.Floor(Math.Log10(low) / decades) * decades;
        for (int exponent = from; ticks.Count == 0 || ticks[^1] < high * (1 - 1e-9) || ticks.Count < 2; exponent += decades)
        {
            foreach (double mantissa in mantissas)
            {
                double tick = mantissa * Math.Pow(10, exponent);
                if (ticks.Count == 1 && tick <= low * (1 + 1e-9))
                {
                    ticks.Clear();
                }

                if (ticks.Count < 2 || ticks[^1] < high * (1 - 1e-9))
                {
                    ticks.Add(tick);
                }
            }
        }

        return [.. ticks];
    }
}
