using System.Globalization;

namespace Endpoints.Charts.Drawing;

/// <summary>Boxes, whiskers and the values behind them.</summary>
internal static class BoxMarks
{
    /// <summary>Share of a category's width that its boxes take together, and of its slot that a box takes.</summary>
    private const double CategoryShare = 0.8, SlotShare = 0.8;

    private const double MostBoxPixels = 46, WhiskerReach = 1.5;

    public static void DrawGroup(SvgWriter svg, Frame frame, BoxGroup group, int index, int groups)
    {
        svg.OpenGroup(Palette.Class(index));
        foreach (Box box in group.Boxes)
        {
            double[] values = [.. box.Values.Where(frame.Y.Shows).Order()];
            if (values.Length > 0)
            {
                double slot = CategoryShare / groups, middle = box.Category - (CategoryShare / 2) + ((index + 0.5) * slot);
                double half = Math.Min((frame.Across(slot) - frame.Across(0)) * SlotShare, MostBoxPixels) / 2;
                DrawBox(svg, frame, values, frame.Across(middle), half);
                DrawValues(svg, frame, group.Name, box.Category, values, frame.Across(middle), index);
            }
        }

        svg.CloseGroup();
    }

    /// <summary>The value below which a share of sorted values lies, between neighbours in proportion.</summary>
    public static double Quantile(ReadOnlySpan<double> sorted, double share)
    {
        double position = share * (sorted.Length - 1);
        int below = (int)position;
        return below + 1 < sorted.Length ? sorted[below] + ((position - below) * (sorted[below + 1] - sorted[below])) : sorted[below];
    }

    private static void DrawBox(SvgWriter svg, Frame frame, double[] values, double x, double half)
    {
        (double low, double median, double high) = (Quantile(values, 0.25), Quantile(values, 0.5), Quantile(values, 0.75));
        double reach = WhiskerReach * (high - low);
        double lowest = values.First(value => value >= low - reach), highest = values.Last(value => value <= high + reach);
        string left = SvgWriter.Number(x - half), right = SvgWriter.Number(x + half);
        string top = SvgWriter.Number(frame.Up(high)), bottom = SvgWriter.Number(frame.Up(low));
        string corners = $"M{left} {top}H{right}V{bottom}H{left}Z";
        svg.Path(corners, "band");
        svg.Path(corners, "line thin");
        svg.Line(x, frame.Up(high), x, frame.Up(highest), "line thin");
        svg.Line(x, frame.Up(low), x, frame.Up(lowest), "line thin");
        svg.Line(x - half, frame.Up(median), x + half, frame.Up(median), "line");
    }

    private static void DrawValues(SvgWriter svg, Frame frame, string name, int category, double[] values, double x, int color)
    {
        string where = frame.X.Label(category);
        foreach (double value in values)
        {
            svg.OpenGroup("point");
            svg.Tooltip(string.Create(CultureInfo.InvariantCulture, $"{name}, {where}: {frame.Y.Describe(value)}"));
            Palette.DrawShape(svg, x, frame.Up(value), 2.75, color, "dot faint");
            svg.CloseGroup();
        }
    }
}
