namespace Endpoints.Charts.Drawing;

/// <summary>Vertical marker lines; each label has a row of its own above the plot, so none covers data or another label.</summary>
internal static class MarkerLabels
{
    private const double RowHeight = 18;

    public static double Height(IReadOnlyList<Marker> markers) => markers.Count * RowHeight;

    public static void Draw(SvgWriter svg, Frame frame, IReadOnlyList<Marker> markers)
    {
        double firstRow = frame.Top - 27 - Height(markers);
        for (int i = 0; i < markers.Count; i++)
        {
            if (!frame.X.Shows(markers[i].X))
            {
                continue;
            }

            double x = frame.Across(markers[i].X);
            double y = firstRow + ((i + 1) * RowHeight);
            string text = TextWidth.Fit(markers[i].Text, frame.Width - 16);
            double start = Math.Clamp(x + 6, 4, Math.Max(4, frame.Width - TextWidth.Of(text) - 8));
            svg.OpenGroup(Palette.Class(markers[i].Color));
            svg.Line(x, y - 12, x, frame.Bottom, "marker");
            svg.Text(start, y, text, "strong halo");
            svg.CloseGroup();
        }
    }
}
