using System.Globalization;
using System.Text;

namespace Endpoints.Charts.Drawing;

/// <summary>Writes the few SVG elements that charts are made of, with escaped text and short numbers.</summary>
internal sealed class SvgWriter
{
    private readonly StringBuilder _text = new();

    public void Open(Chart chart, ChartLayout layout)
    {
        _text.Append(CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" role=\"img\" viewBox=\"0 0 {layout.Width} {layout.Height}\" width=\"{layout.Width}\" height=\"{layout.Height}\">\n");
        _text.Append("<title>").Append(Markup.Escape(chart.Title)).Append("</title><desc>").Append(Markup.Escape(chart.Description)).Append("</desc>\n");
        if (layout.Standalone)
        {
            _text.Append("<style>").Append(Markup.Escape(ChartStyle.Css)).Append("</style>\n");
            _text.Append(CultureInfo.InvariantCulture, $"<rect class=\"surface\" width=\"{layout.Width}\" height=\"{layout.Height}\"/>\n");
        }
    }

    public string Close() => _text.Append("</svg>\n").ToString();

    public void OpenGroup(string style) => _text.Append("<g class=\"").Append(style).Append("\">");

    public void CloseGroup() => _text.Append("</g>\n");

    public void Tooltip(string text) => _text.Append("<title>").Append(Markup.Escape(text)).Append("</title>");

    public void Text(double x, double y, string text, string style = "", string anchor = "start")
    {
        _text.Append("<text x=\"").Append(Number(x)).Append("\" y=\"").Append(Number(y)).Append('"');
        if (style.Length > 0)
        {
            _text.Append(" class=\"").Append(style).Append('"');
        }

        if (anchor != "start")
        {
            _text.Append(" text-anchor=\"").Append(anchor).Append('"');
        }

        _text.Append('>').Append(Markup.Escape(text)).Append("</text>\n");
    }

    public void Path(string data, string style) => _text.Append("<path class=\"").Append(style).Append("\" d=\"").Append(data).Append("\"/>");

    public void Line(double x1, double y1, double x2, double y2, string style) => Path($"M{Number(x1)} {Number(y1)}L{Number(x2)} {Number(y2)}", style);

    public void Circle(double x, double y, double radius, string style) =>
        _text.Append("<circle class=\"").Append(style).Append("\" cx=\"").Append(Number(x)).Append("\" cy=\"").Append(Number(y))
            .Append("\" r=\"").Append(Number(radius)).Append("\"/>");

    /// <summary>A coordinate to a tenth of a pixel.</summary>
    public static string Number(double value) => (Math.Round(value, 1) + 0.0).ToString("0.#", CultureInfo.InvariantCulture);
}
