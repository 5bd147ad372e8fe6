using Endpoints.Charts.Drawing;

namespace Endpoints.Charts;

/// <summary>A distribution in bins of equal width.</summary>
/// <param name="Name">Its label.</param>
/// <param name="Low">Left edge of the first bin.</param>
/// <param name="High">Right edge of the last bin.</param>
/// <param name="Heights">Height of each bin, in the unit of the Y axis.</param>
public sealed record Distribution(string Name, double Low, double High, IReadOnlyList<double> Heights)
{
    /// <summary>Counts values into bins, as shares of all of them; those outside the range are counted into none.</summary>
    /// <exception cref="ArgumentException">There is no value, no bin or no width.</exception>
    public static Distribution Of(string name, IReadOnlyCollection<double> values, double low, double high, int bins)
    {
        if (values.Count == 0 || bins < 1 || !(high > low))
        {
            throw new ArgumentException($"A distribution takes values, bins and a range: {values.Count} values, {bins} bins from {low} to {high}.");
        }

        double[] heights = new double[bins];
        foreach (double value in values.Where(value => value >= low && value <= high))
        {
            heights[Math.Min(bins - 1, (int)((value - low) / (high - low) * bins))] += 1.0 / values.Count;
        }

        return new Distribution(name, low, high, heights);
    }
}

/// <summary>Histograms over one another, as outlines.</summary>
public sealed record HistogramChart : Chart
{
    /// <summary>The distributions.</summary>
    public required IReadOnlyList<Distribution> Distributions { get; init; }

    private protected override void Draw(SvgWriter svg, ChartLayout layout)
    {
        Series[] outlines = [.. Distributions.Select(distribution => new Series(distribution.Name, Outline(distribution)))];
        Legend legend = Distributions.Count > 1 ? Legend.ForLines(outlines, layout.Width) : Legend.None;
        ChartPoint[] all = [.. outlines.SelectMany(outline => outline.Points)];
        var frame = new Frame(
            this, layout, Scale.Over(X, [.. all.Select(point => point.X)]), Scale.Over(Y, [.. all.Select(point => point.Y), 0]), legend.Height, 0);
        frame.Draw(svg);
        legend.Draw(svg, frame);
        for (int i = 0; i < outlines.Length; i++)
        {
            string path = LineMarks.Path(frame, outlines[i].Points);
            svg.OpenGroup(Palette.Class(i));
            svg.Tooltip(outlines[i].Name);
            svg.Path(path + "Z", "band");
            svg.Path(path, "line");
            svg.CloseGroup();
        }
    }

    private static ChartPoint[] Outline(Distribution distribution)
    {
        double width = (distribution.High - distribution.Low) / distribution.Heights.Count;
        IEnumerable<ChartPoint> steps = distribution.Heights.SelectMany<double, ChartPoint>((height, i) =>
            [new(distribution.Low + (i * width), height), new(distribution.Low + ((i + 1) * width), height)]);
        return [new(distribution.Low, 0), .. steps, new(distribution.High, 0)];
    }
}
