using Endpoints.Charts.Drawing;

namespace Endpoints.Charts;

/// <summary>Lines over a common X axis, with optional bands and vertical markers.</summary>
public sealed record LineChart : Chart
{
    /// <summary>The lines, drawn in this order.</summary>
    public required IReadOnlyList<Series> Series { get; init; }

    /// <summary>Vertical lines with labels. Default: none.</summary>
    public IReadOnlyList<Marker> Markers { get; init; } = [];

    private protected override void Draw(SvgWriter svg, ChartLayout layout)
    {
        var edge = new EdgeLabels(layout.LabelsLines ? Series : []);
        var markers = new MarkerLabels(Markers, layout.Width);
        Legend legend = layout.LabelsLines ? Legend.None : Legend.ForLines(Series, layout.Width);
        Scale x = Scale.Over(X, [.. Series.SelectMany(line => line.Points).Select(point => point.X), .. Markers.Select(marker => marker.X)]);
        Scale y = Scale.Over(Y, [.. Series.SelectMany(line => line.Points).Select(point => point.Y), .. Series.SelectMany(Band)]);
        var frame = new Frame(this, layout, x, y, legend.Height + markers.Height, edge.Width);

        frame.Draw(svg);
        legend.Draw(svg, frame);
        for (int i = 0; i < Series.Count; i++)
        {
            LineMarks.DrawBand(svg, frame, Series[i], i);
        }

        markers.Draw(svg, frame);
        for (int i = 0; i < Series.Count; i++)
        {
            LineMarks.DrawLine(svg, frame, Series[i], i);
        }

        edge.Draw(svg, frame);

        static IEnumerable<double> Band(Series line) => line.Band.SelectMany<BandPoint, double>(point => [point.Low, point.High]);
    }
}
