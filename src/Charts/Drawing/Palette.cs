using System.Globalization;

namespace Endpoints.Charts.Drawing;

/// <summary>Colour class and point shape of a series.</summary>
internal static class Palette
{
    /// <summary>The CSS class that sets a colour: <c>c1</c> onwards for palette colours, <c>c0</c> for the colour of text.</summary>
    public static string Class(int? color) =>
        color is { } index ? "c" + ((index % ChartStyle.ColorCount) + 1).ToString(CultureInfo.InvariantCulture) : "c0";

    /// <summary>Draws a point's shape, which goes with its colour, at half-width <paramref name="size"/>.</summary>
    public static void DrawShape(SvgWriter svg, double x, double y, double size, int color, string style)
    {
        switch (color % 4)
        {
            case 0: svg.Circle(x, y, size, style); break;
            case 1: svg.Path(Polygon(x, y, size * 0.9, [(-1, -1), (1, -1), (1, 1), (-1, 1)]), style); break;
            case 2: svg.Path(Polygon(x, y, size * 1.25, [(0, -1), (0.92, 0.7), (-0.92, 0.7)]), style); break;
            default: svg.Path(Polygon(x, y, size * 1.25, [(0, -1), (1, 0), (0, 1), (-1, 0)]), style); break;
        }
    }

    private static string Polygon(double x, double y, double size, (double X, double Y)[] corners) =>
        "M" + string.Join('L', corners.Select(corner => $"{SvgWriter.Number(x + (corner.X * size))} {SvgWriter.Number(y + (corner.Y * size))}")) + "Z";
}
