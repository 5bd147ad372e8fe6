using Endpoints.Charts.Drawing;

namespace Endpoints.Charts;

/// <summary>Points in groups, with an optional front (the best that can be had at each X) and named points.</summary>
public sealed record ScatterChart : Chart
{
    /// <summary>The groups of points, drawn in this order.</summary>
    public required IReadOnlyList<Series> Groups { get; init; }

    /// <summary>
    /// A Pareto front over a horizontal axis where less is better, drawn as steps: from each point level to the next one's X, then to its Y. Default: none.
    /// Points may come in any order.
    /// </summary>
    public IReadOnlyList<ChartPoint> Front { get; init; } = [];

    /// <summary>What the legend calls the front.</summary>
    public string FrontName { get; init; } = "Pareto front";

    /// <summary>Points that are ringed and named. Default: none.</summary>
    public IReadOnlyList<Highlight> Highlights { get; init; } = [];

    private protected override void Draw(SvgWriter svg, ChartLayout layout)
    {
        ChartPoint[] all = [.. Groups.SelectMany(group => group.Points), .. Front, .. Highlights.Select(highlight => highlight.Point)];
        Legend legend = Legend.ForPoints(Groups, Front.Count > 0 ? FrontName : null, layout.Width);
        var frame = new Frame(
            this, layout, Scale.Over(X, [.. all.Select(point => point.X)]), Scale.Over(Y, [.. all.Select(point => point.Y)]), legend.Height, 0);

        frame.Draw(svg);
        legend.Draw(svg, frame);
        PointMarks.DrawFront(svg, frame, Front);
        for (int i = 0; i < Groups.Count; i++)
        {
            PointMarks.DrawGroup(svg, frame, Groups[i], i);
        }

        PointMarks.DrawHighlights(svg, frame, Highlights, all);
    }
}
