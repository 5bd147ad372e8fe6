namespace Endpoints.Charts.Drawing;

/// <summary>Names with their colours, in rows above the plot.</summary>
internal sealed class Legend
{
    private const double RowHeight = 20;
    private const double SampleWidth = 36;
    private const double Gap = 16;
    private readonly List<(double X, double Y, Entry Entry)> _placed = [];

    private Legend(IEnumerable<Entry> entries, double width)
    {
        double x = 4;
        double y = 0;
        foreach (Entry entry in entries)
        {
            double needed = SampleWidth + TextWidth.Of(entry.Name);
            if (x > 4 && x + needed > width - 8)
            {
                (x, y) = (4, y + RowHeight);
            }

            _placed.Add((x, y, entry));
            x += needed + Gap;
        }

        Height = _placed.Count == 0 ? 0 : y + RowHeight + 4;
    }

    public static Legend None { get; } = new([], 0);

    public double Height { get; }

    public static Legend ForLines(IReadOnlyList<Series> series, double width) =>
        new(series.Select((line, i) => new Entry(line.Name, line.Color ?? i, line.Dashed ? "line dashed" : "line", "dot")), width);

    public static Legend ForPoints(IReadOnlyList<Series> groups, string? front, double width)
    {
        IEnumerable<Entry> entries = groups.Select((group, i) =>
            new Entry(group.Name, group.Color ?? i, group.Joined ? "line thin" : null, group.Faint ? "dot faint" : "dot"));
        return new(front is null ? entries : entries.Append(new Entry(front, null, "front", null)), width);
    }

    public void Draw(SvgWriter svg, Frame frame)
    {
        foreach ((double x, double row, Entry entry) in _placed)
        {
            double y = frame.Header + row + 12;
            svg.OpenGroup(Palette.Class(entry.Color));
            if (entry.LineStyle is { } line)
            {
                svg.Line(x, y, x + 29, y, line);
            }

            if (entry.PointStyle is { } point)
            {
                Palette.DrawShape(svg, x + 14.5, y, 4, entry.Color ?? 0, point);
            }

            svg.Text(x + SampleWidth, y + 4.5, TextWidth.Fit(entry.Name, frame.Width - x - SampleWidth - 8));
            svg.CloseGroup();
        }
    }

    private sealed record Entry(string Name, int? Color, string? LineStyle, string? PointStyle);
}
