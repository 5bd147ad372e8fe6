namespace Endpoints.Charts.Drawing;

/// <summary>Vertical marker lines; their labels stand in rows of their own above the plot, so none covers data or another label.</summary>
internal sealed class MarkerLabels
{
    private const double RowHeight = 18;
    private readonly (Marker Marker, string[] Rows)[] _labels;

    public MarkerLabels(IReadOnlyList<Marker> markers, double width)
    {
        _labels = [.. markers.Select(marker => (marker, TextWidth.WrapStrong(marker.Text, width - 24)))];
    }

    /// <summary>Room that the labels need above the plot, in pixels.</summary>
    public double Height => _labels.Sum(label => label.Rows.Length) * RowHeight;

    public void Draw(SvgWriter svg, Frame frame)
    {
        double y = frame.Top - 27 - Height;
        foreach ((Marker marker, string[] rows) in _labels)
        {
            y += rows.Length * RowHeight;
            if (!frame.X.Shows(marker.X))
            {
                continue;
            }

            double x = frame.Across(marker.X);
            svg.OpenGroup(Palette.Class(marker.Color));
            svg.Line(x, y - 12, x, frame.Bottom, "marker");
            for (int i = 0; i < rows.Length; i++)
            {
                double start = Math.Clamp(x + 6, 4, Math.Max(4, frame.Width - TextWidth.OfStrong(rows[i]) - 8));
                svg.Text(start, y - ((rows.Length - 1 - i) * RowHeight), rows[i], "strong halo");
            }

            svg.CloseGroup();
        }
    }
}
