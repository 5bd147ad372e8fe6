using System.Text;

namespace Endpoints.Charts.Drawing;

/// <summary>Lines, their points and their bands.</summary>
internal static class LineMarks
{
    public static void DrawBand(SvgWriter svg, Frame frame, Series line, int index)
    {
        BandPoint[] shown = [.. line.Band.Where(point => frame.X.Shows(point.X) && frame.Y.Shows(point.Low) && frame.Y.Shows(point.High))];
        if (shown.Length < 2)
        {
            return;
        }

        IEnumerable<string> corners = shown.Select(point => Corner(frame, point.X, point.High))
            .Concat(shown.Reverse().Select(point => Corner(frame, point.X, point.Low)));
        svg.OpenGroup(Palette.Class(line.Color ?? index));
        svg.Path($"M{string.Join('L', corners)}Z", "band");
        svg.CloseGroup();
    }

    public static void DrawLine(SvgWriter svg, Frame frame, Series line, int index)
    {
        int color = line.Color ?? index;
        svg.OpenGroup(Palette.Class(color));
        string path = Path(frame, line.Points);
        if (path.Length > 0)
        {
            svg.Path(path, line.Dashed ? "line dashed" : "line");
        }

        foreach (ChartPoint point in line.Points.Where(frame.Shows))
        {
            DrawPoint(svg, frame, point, line.Name, color, 4, "dot");
        }

        svg.CloseGroup();
    }

    /// <summary>A point with its tooltip and a larger invisible disc that catches the pointer.</summary>
    public static void DrawPoint(SvgWriter svg, Frame frame, ChartPoint point, string name, int color, double size, string style)
    {
        double x = frame.Across(point.X);
        double y = frame.Up(point.Y);
        svg.OpenGroup("point");
        svg.Tooltip(frame.Describe(name, point));
        svg.Circle(x, y, 10, "hit");
        Palette.DrawShape(svg, x, y, size, color, style);
        svg.CloseGroup();
    }

    /// <summary>A path through the points that breaks where one cannot be shown.</summary>
    public static string Path(Frame frame, IReadOnlyList<ChartPoint> points)
    {
        var path = new StringBuilder();
        bool joined = false;
        foreach (ChartPoint point in points)
        {
            bool shown = frame.Shows(point);
            if (shown)
            {
                path.Append(joined ? 'L' : 'M').Append(Corner(frame, point.X, point.Y));
            }

            joined = shown;
        }

        return path.ToString();
    }

    private static string Corner(Frame frame, double x, double y) => $"{SvgWriter.Number(frame.Across(x))} {SvgWriter.Number(frame.Up(y))}";
}
