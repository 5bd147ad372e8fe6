using System.Text;

namespace Endpoints.Charts.Drawing;

/// <summary>Points of scatter charts, the front's steps and named points.</summary>
internal static class PointMarks
{
    private const double TextHeight = 16;

    public static void DrawGroup(SvgWriter svg, Frame frame, Series group, int index)
    {
        int color = group.Color ?? index;
        svg.OpenGroup(Palette.Class(color));
        if (group.Joined && LineMarks.Path(frame, group.Points) is { Length: > 0 } path)
        {
            svg.Path(path, "line thin");
        }

        foreach (ChartPoint point in group.Points.Where(frame.Shows))
        {
            LineMarks.DrawPoint(svg, frame, point, group.Name, color, group.Faint ? 3.25 : 4.25, group.Faint ? "dot faint" : "dot");
        }

        svg.CloseGroup();
    }

    public static void DrawFront(SvgWriter svg, Frame frame, IReadOnlyList<ChartPoint> front)
    {
        ChartPoint[] shown = [.. front.Where(frame.Shows).OrderBy(point => point.X)];
        if (shown.Length == 0)
        {
            return;
        }

        var path = new StringBuilder($"M{SvgWriter.Number(frame.Across(shown[0].X))} {SvgWriter.Number(frame.Up(shown[0].Y))}");
        foreach (ChartPoint point in shown.Skip(1))
        {
            path.Append('H').Append(SvgWriter.Number(frame.Across(point.X))).Append('V').Append(SvgWriter.Number(frame.Up(point.Y)));
        }

        // What the last point reaches stays within reach of every larger X.
        path.Append('H').Append(SvgWriter.Number(frame.Right));
        svg.Path(path.ToString(), "front");
    }

    public static void DrawHighlights(SvgWriter svg, Frame frame, IReadOnlyList<Highlight> highlights, IReadOnlyList<ChartPoint> points)
    {
        var taken = points.Where(frame.Shows).Select(point => Box.Around(frame.Across(point.X), frame.Up(point.Y), 5)).ToList();
        foreach (Highlight highlight in highlights.Where(highlight => frame.Shows(highlight.Point)))
        {
            double x = frame.Across(highlight.Point.X);
            double y = frame.Up(highlight.Point.Y);
            Box label = PlaceLabel(frame, x, y, TextWidth.OfStrong(highlight.Text), taken);
            taken.Add(label);
            svg.OpenGroup(Palette.Class(highlight.Color));
            svg.OpenGroup("point");
            svg.Tooltip(frame.Describe(highlight.Text, highlight.Point));
            svg.Circle(x, y, 8.5, "ring");
            Palette.DrawShape(svg, x, y, 4.25, highlight.Color ?? 0, "dot");
            svg.Circle(x, y, 10, "hit");
            svg.CloseGroup();
            svg.Text(label.Left, label.Top + 12.5, highlight.Text, "strong halo");
            svg.CloseGroup();
        }
    }

    /// <summary>The place beside the point that covers the fewest others, with the usual ones (right, left, above, below) tried first.</summary>
    private static Box PlaceLabel(Frame frame, double x, double y, double width, List<Box> taken)
    {
        Box[] places =
        [
            new(x + 13, y - 8, width), new(x - 13 - width, y - 8, width), new(x - (width / 2), y - 28, width), new(x - (width / 2), y + 12, width),
            new(x + 9, y - 25, width), new(x + 9, y + 9, width), new(x - 9 - width, y - 25, width), new(x - 9 - width, y + 9, width),
        ];
        Box[] inside = [.. places.Where(place => place.Left >= frame.Left && place.Right <= frame.Width - 2 && place.Top >= frame.Top - 12 && place.Bottom <= frame.Bottom)];
        return inside.Length == 0
            ? new Box(Math.Clamp(x - (width / 2), 2, Math.Max(2, frame.Width - 2 - width)), y - 28, width)
            : inside.MinBy(place => taken.Count(place.Overlaps));
    }

    private readonly record struct Box(double Left, double Top, double Width, double Height = TextHeight)
    {
        public double Right => Left + Width;

        public double Bottom => Top + Height;

        public static Box Around(double x, double y, double size) => new(x - size, y - size, 2 * size, 2 * size);

        public bool Overlaps(Box other) => Left < other.Right && other.Left < Right && Top < other.Bottom && other.Top < Bottom;
    }
}
