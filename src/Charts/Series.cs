namespace Endpoints.Charts;

/// <summary>One point of a chart. A coordinate that is not a finite number leaves a gap.</summary>
/// <param name="X">Horizontal value, in the unit of the X axis.</param>
/// <param name="Y">Vertical value, in the unit of the Y axis.</param>
/// <param name="Note">What hovering over the point says; null for the series name and both values.</param>
public readonly record struct ChartPoint(double X, double Y, string? Note = null);

/// <summary>The stretch between a low and a high value at one X, for shaded bands.</summary>
/// <param name="X">Horizontal value.</param>
/// <param name="Low">Lower edge.</param>
/// <param name="High">Upper edge.</param>
public readonly record struct BandPoint(double X, double Low, double High);

/// <summary>A line of a <see cref="LineChart"/>, or a group of points of a <see cref="ScatterChart"/>.</summary>
/// <param name="Name">Its label.</param>
/// <param name="Points">Its points, from left to right where they are joined.</param>
public sealed record Series(string Name, IReadOnlyList<ChartPoint> Points)
{
    /// <summary>Palette colour and point shape, from 0, wrapping round; null takes the place of the series in its chart.</summary>
    public int? Color { get; init; }

    /// <summary>Draws the line dashed: tells two series of one colour apart. Default: no.</summary>
    public bool Dashed { get; init; }

    /// <summary>A shaded band behind the line. Default: none.</summary>
    public IReadOnlyList<BandPoint> Band { get; init; } = [];

    /// <summary>Scatter charts only: draws a thin line through the points in their order. Default: no.</summary>
    public bool Joined { get; init; }

    /// <summary>Scatter charts only: draws the points small and pale, as background for others. Default: no.</summary>
    public bool Faint { get; init; }
}

/// <summary>A vertical line across a chart with a label on top, for example where throttling starts.</summary>
/// <param name="X">Where it stands.</param>
/// <param name="Text">Its label.</param>
public sealed record Marker(double X, string Text)
{
    /// <summary>Palette colour, from 0; null for the colour of text.</summary>
    public int? Color { get; init; }
}

/// <summary>A point of a <see cref="ScatterChart"/> that is ringed and named.</summary>
/// <param name="Point">The point.</param>
/// <param name="Text">Its label.</param>
public sealed record Highlight(ChartPoint Point, string Text)
{
    /// <summary>Palette colour, from 0; null for the colour of text.</summary>
    public int? Color { get; init; }
}
