using Endpoints.Charts.Drawing;

namespace Endpoints.Charts;

/// <summary>A chart as data. It draws itself as SVG that needs nothing else: no script, no font, no network.</summary>
public abstract record Chart
{
    /// <summary>What the chart shows, in a few words: its accessible name.</summary>
    public required string Title { get; init; }

    /// <summary>What a reader should see in it, in a sentence or two, for those who cannot see it.</summary>
    public required string Description { get; init; }

    /// <summary>The horizontal axis.</summary>
    public required Axis X { get; init; }

    /// <summary>The vertical axis.</summary>
    public required Axis Y { get; init; }

    /// <summary>The chart as the text of an .svg file.</summary>
    public string ToSvg() => ToSvg(ChartLayout.File);

    /// <summary>The chart as one <c>svg</c> element, laid out for a width.</summary>
    public string ToSvg(ChartLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        var svg = new SvgWriter();
        svg.Open(this, layout);
        Draw(svg, layout);
        return svg.Close();
    }

    private protected abstract void Draw(SvgWriter svg, ChartLayout layout);
}
