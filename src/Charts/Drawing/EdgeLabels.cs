namespace Endpoints.Charts.Drawing;

/// <summary>Names of lines at their right ends, moved apart where they would overlap and then tied to their line by a leader.</summary>
internal sealed class EdgeLabels
{
    private const double RowHeight = 17;
    private const double MaxText = 150;
    private readonly IReadOnlyList<Series> _series;

    public EdgeLabels(IReadOnlyList<Series> series)
    {
        _series = series;
        Width = series.Count == 0 ? 0 : 26 + series.Max(line => Math.Min(MaxText, TextWidth.Of(line.Name)));
    }

    /// <summary>Room that the labels need to the right of the plot, in pixels.</summary>
    public double Width { get; }

    public void Draw(SvgWriter svg, Frame frame)
    {
        Label[] labels = [.. _series.Select((line, i) => Place(line, i, frame)).OfType<Label>().OrderBy(label => label.LineY)];
        double[] y = Spread([.. labels.Select(label => label.LineY)], frame.Top, frame.Bottom);
        for (int i = 0; i < labels.Length; i++)
        {
            double x = frame.Right + 24;
            svg.OpenGroup(Palette.Class(labels[i].Color));
            svg.Path($"M{SvgWriter.Number(labels[i].LineX + 6)} {SvgWriter.Number(labels[i].LineY)}L{SvgWriter.Number(frame.Right + 8)} {SvgWriter.Number(labels[i].LineY)}" +
                $"L{SvgWriter.Number(x - 4)} {SvgWriter.Number(y[i])}", "leader");
            svg.Text(x, y[i] + 4.5, TextWidth.Fit(labels[i].Name, MaxText));
            svg.CloseGroup();
        }
    }

    private static Label? Place(Series line, int index, Frame frame)
    {
        ChartPoint[] shown = [.. line.Points.Where(frame.Shows)];
        return shown.Length == 0 ? null : new Label(line.Name, line.Color ?? index, frame.Across(shown[^1].X), frame.Up(shown[^1].Y));
    }

    /// <summary>Moves sorted heights apart, as little as a downward and an upward pass need, within the plot.</summary>
    private static double[] Spread(double[] y, double top, double bottom)
    {
        for (int i = 1; i < y.Length; i++)
        {
            y[i] = Math.Max(y[i], y[i - 1] + RowHeight);
        }

        double limit = bottom - 4;
        for (int i = y.Length - 1; i >= 0; i--)
        {
            y[i] = Math.Min(y[i], limit);
            limit = y[i] - RowHeight;
        }

        // More labels than fit: start at the top again and let the last ones run over the bottom rather than over each other.
        for (int i = 0; i < y.Length && y[0] < top; i++)
        {
            y[i] = top + (i * RowHeight);
        }

        return y;
    }

    private sealed record Label(string Name, int Color, double LineX, double LineY);
}
