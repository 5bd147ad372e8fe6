namespace Endpoints.Charts;

/// <summary>How an axis spaces its values.</summary>
public enum AxisScale
{
    /// <summary>Equal differences are equally far apart.</summary>
    Linear,

    /// <summary>Equal ratios are equally far apart; values of 0 and below are not drawn.</summary>
    Logarithmic,
}

/// <summary>One axis of a chart. It spans the data, rounded out to ticks, and whatever <see cref="Min"/> and <see cref="Max"/> ask for.</summary>
/// <param name="Title">What the axis measures, for example <c>Response time</c>.</param>
/// <param name="Unit">Its unit, for example <c>ms</c>; empty for a plain number.</param>
public sealed record Axis(string Title, string Unit = "")
{
    /// <summary>Spacing of values. Default: linear.</summary>
    public AxisScale Scale { get; init; }

    /// <summary>A value that the axis reaches down to; data below it is still shown. Default: none, the data decides.</summary>
    public double? Min { get; init; }

    /// <summary>A value that the axis reaches up to; data above it is still shown. Default: none, the data decides.</summary>
    public double? Max { get; init; }

    /// <summary>Ticks only at whole numbers, for counts. Default: no.</summary>
    public bool WholeNumbers { get; init; }

    /// <summary>Names that stand at 0, 1, 2, ... instead of numbers. Default: none.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];
}
