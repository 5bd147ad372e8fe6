using System.Globalization;

namespace Endpoints.Charts.Drawing;

/// <summary>The plot area of a chart: margins, grid, axes and titles, and the way from values to pixels.</summary>
internal sealed class Frame
{
    private const double LineHeight = 19;
    private readonly Chart _chart;
    private readonly ChartLayout _layout;
    private readonly double[] _xTicks;
    private readonly double[] _yTicks;

    public Frame(Chart chart, ChartLayout layout, Scale x, Scale y, double above, double right)
    {
        _chart = chart;
        _layout = layout;
        Header = layout.Standalone ? 36 : 4;
        Top = Header + above + LineHeight + 8;
        Bottom = layout.Height - (2 * LineHeight) - 8;
        (Y, _yTicks) = y.WithTicks((int)Math.Clamp((Bottom - Top) / 46, 3, 9));
        Left = 12 + _yTicks.Max(tick => TextWidth.Of(Y.Label(tick)));
        Right = layout.Width - 22 - right;
        (X, _xTicks) = x.WithTicks((int)Math.Clamp((Right - Left) / 48, 3, 12));
    }

    public double Header { get; }

    public double Left { get; }

    public double Right { get; }

    public double Top { get; }

    public double Bottom { get; }

    public Scale X { get; }

    public Scale Y { get; }

    public double Width => _layout.Width;

    private bool IsCategorical => _chart.X.Categories.Count > 0;

    private double CategoryWidth => ((Right - Left) / _chart.X.Categories.Count) - 4;

    public double Across(double x) => Left + (X.Position(x) * (Right - Left));

    public double Up(double y) => Bottom - (Y.Position(y) * (Bottom - Top));

    public bool Shows(ChartPoint point) => X.Shows(point.X) && Y.Shows(point.Y);

    /// <summary>What hovering over a point says.</summary>
    public string Describe(string name, ChartPoint point) =>
        point.Note ?? string.Create(CultureInfo.InvariantCulture, $"{name}: {X.Describe(point.X)}, {Y.Describe(point.Y)}");

    public void Draw(SvgWriter svg)
    {
        if (_layout.Standalone)
        {
            svg.Text(12, 25, TextWidth.Fit(_chart.Title, (_layout.Width - 24) / 1.3), "title");
        }

        svg.Text(4, Top - 12, AxisTitle(_chart.Y), "muted");
        svg.Text((Left + Right) / 2, _layout.Height - 8, AxisTitle(_chart.X), "muted", "middle");
        foreach (double tick in _yTicks)
        {
            double y = Up(tick);
            svg.Line(Left, y, Right, y, "grid");
            svg.Text(Left - 7, y + 4.5, Y.Label(tick), "muted", "end");
        }

        svg.Line(Left, Bottom, Right, Bottom, "axis");
        foreach (double tick in _xTicks)
        {
            double x = Across(tick);
            svg.Line(x, Bottom, x, Bottom + 4, "axis");
            svg.Text(x, Bottom + LineHeight, IsCategorical ? TextWidth.Fit(X.Label(tick), CategoryWidth) : X.Label(tick), "muted", "middle");
        }
    }

    private static string AxisTitle(Axis axis)
    {
        string title = axis.Unit.Length == 0 ? axis.Title : $"{axis.Title}, {axis.Unit}";
        return axis.Scale == AxisScale.Logarithmic ? $"{title} (log scale)" : title;
    }
}
