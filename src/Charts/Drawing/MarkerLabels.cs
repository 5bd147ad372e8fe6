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
            double[] starts = [.. rows.Select(row => Math.Clamp(x + 6, 4, Math.Max(4, frame.Width - TextWidth.OfStrong(row) - 8)))];

            // Where there is no room to the right of the line, it begins below its label instead of running through it.
            svg.Line(x, starts.Any(start => start < x) ? y + 6 : y - 12, x, frame.Bottom, "marker");
            for (int i = 0; i < rows.Length; i++)
            {
                svg.Text(starts[i], y - ((rows.Length - 1 - i) * RowHeight), rows[i], "strong halo");
            }

            svg.CloseGroup();
        }
    }
}
