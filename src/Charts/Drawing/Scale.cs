using System.Globalization;

namespace Endpoints.Charts.Drawing;

/// <summary>Where the values of an axis lie between its two ends (0 to 1), and the ticks along it.</summary>
internal sealed class Scale
{
    private readonly Axis _axis;
    private readonly double _low;
    private readonly double _high;

    private Scale(Axis axis, double low, double high)
    {
        _axis = axis;
        _low = low;
        _high = high;
    }

    private bool IsLogarithmic => _axis.Scale == AxisScale.Logarithmic;

    /// <summary>A scale over finite values (positive ones on a logarithmic axis) and the ends that the axis asks for.</summary>
    public static Scale Over(Axis axis, IReadOnlyList<double> values)
    {
        double[] shown = [.. values.Append(axis.Min ?? double.NaN).Append(axis.Max ?? double.NaN).Where(value => Shows(axis, value))];
        double low = shown.DefaultIfEmpty(axis.Scale == AxisScale.Logarithmic ? 1 : 0).Min();
        double high = shown.DefaultIfEmpty(10).Max();
        return new Scale(axis, low, high);
    }

    /// <summary>Can this axis show the value at all?</summary>
    public bool Shows(double value) => Shows(_axis, value);

    /// <summary>The scale rounded out to about <paramref name="count"/> ticks, and those ticks.</summary>
    public (Scale Scale, double[] Ticks) WithTicks(int count)
    {
        if (_axis.Categories.Count > 0)
        {
            return (new Scale(_axis, -0.5, _axis.Categories.Count - 0.5), [.. Enumerable.Range(0, _axis.Categories.Count).Select(i => (double)i)]);
        }

        double[] ticks = IsLogarithmic ? NiceTicks.Logarithmic(_low, _high, count) : NiceTicks.Linear(_low, _high, count, _axis.WholeNumbers);
        return (new Scale(_axis, ticks[0], ticks[^1]), ticks);
    }

    /// <summary>A tick's label. On a linear axis all share the letter of the largest; on a logarithmic one each has its own.</summary>
    public string Label(double tick) => _axis.Categories.Count > 0 ? _axis.Categories[(int)tick] : NiceTicks.Label(tick, IsLogarithmic ? tick : Math.Max(Math.Abs(_low), Math.Abs(_high)));

    /// <summary>0 at the low end, 1 at the high end.</summary>
    public double Position(double value) =>
        IsLogarithmic ? Math.Log(value / _low) / Math.Log(_high / _low) : (value - _low) / (_high - _low);

    /// <summary>A value with its unit, to about four digits, for tooltips.</summary>
    public string Describe(double value)
    {
        double digits = Math.Max(0, 3 - Math.Floor(Math.Log10(Math.Max(Math.Abs(value), 1e-300))));
        string number = Math.Round(value, (int)Math.Min(digits, 12)).ToString("#,0.############", CultureInfo.InvariantCulture);
        return _axis.Unit.Length == 0 ? number : $"{number} {_axis.Unit}";
    }

    private static bool Shows(Axis axis, double value) => double.IsFinite(value) && (axis.Scale == AxisScale.Linear || value > 0);
}
