using Endpoints.Charts.Drawing;

namespace Endpoints.Charts;

/// <summary>What one box stands for: all values of one group in one category.</summary>
/// <param name="Category">Index into <see cref="Axis.Categories"/> of the X axis.</param>
/// <param name="Values">The values; those that are not finite are left out.</param>
public sealed record Box(int Category, IReadOnlyList<double> Values);

/// <summary>Boxes of one colour, at most one in each category.</summary>
/// <param name="Name">Its label.</param>
/// <param name="Boxes">The boxes.</param>
public sealed record BoxGroup(string Name, IReadOnlyList<Box> Boxes);

/// <summary>
/// Box plots, group beside group in every category: the box from quartile to quartile with a line at the median, whiskers to the furthest values within one and a
/// half times the box's height, and every value as a point, since few runs make a box look surer than it is.
/// </summary>
public sealed record BoxChart : Chart
{
    /// <summary>The groups; the X axis must have <see cref="Axis.Categories"/>.</summary>
    public required IReadOnlyList<BoxGroup> Groups { get; init; }

    private protected override void Draw(SvgWriter svg, ChartLayout layout)
    {
        Series[] names = [.. Groups.Select(group => new Series(group.Name, []))];
        Legend legend = Groups.Count > 1 ? Legend.ForPoints(names, null, layout.Width) : Legend.None;
        Scale y = Scale.Over(Y, [.. Groups.SelectMany(group => group.Boxes).SelectMany(box => box.Values)]);
        var frame = new Frame(this, layout, Scale.Over(X, []), y, legend.Height, 0);
        frame.Draw(svg);
        legend.Draw(svg, frame);
        for (int i = 0; i < Groups.Count; i++)
        {
            BoxMarks.DrawGroup(svg, frame, Groups[i], i, Groups.Count);
        }
    }
}
