namespace Endpoints.Charts;

/// <summary>The size that a chart is laid out for, in CSS pixels. The text keeps its size: a narrow chart has fewer ticks, not smaller letters.</summary>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
public sealed record ChartLayout(int Width, int Height)
{
    /// <summary>For an .svg file of its own.</summary>
    public static ChartLayout File { get; } = new(760, 440) { Standalone = true };

    /// <summary>For a page on a screen or on paper.</summary>
    public static ChartLayout Wide { get; } = new(720, 380);

    /// <summary>For a page on a telephone.</summary>
    public static ChartLayout Narrow { get; } = new(344, 330);

    /// <summary>Carries its own style, background and visible title. Within a page, <see cref="ChartStyle.Css"/> and a caption do that.</summary>
    public bool Standalone { get; init; }

    /// <summary>Is there room to name lines at their ends? Otherwise a legend on top names them.</summary>
    internal bool LabelsLines => Width >= 560;
}
