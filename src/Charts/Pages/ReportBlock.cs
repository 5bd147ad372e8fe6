using System.Text;

namespace Endpoints.Charts.Pages;

/// <summary>Something that stands in a section of a report.</summary>
public abstract record ReportBlock
{
    internal abstract void Write(StringBuilder html);
}

/// <summary>A paragraph of plain text.</summary>
/// <param name="Text">The text; it is escaped.</param>
public sealed record TextBlock(string Text) : ReportBlock
{
    internal override void Write(StringBuilder html) => html.Append("<p>").Append(Markup.Escape(Text)).Append("</p>\n");
}

/// <summary>Markup of the caller's own, put into the page as it is.</summary>
/// <param name="Html">Well-formed HTML without script; escape what comes from users with <see cref="Markup.Escape"/>.</param>
public sealed record HtmlBlock(string Html) : ReportBlock
{
    internal override void Write(StringBuilder html) => html.Append(Html).Append('\n');
}

/// <summary>A chart with its title and description as caption, laid out twice: for wide and for narrow screens.</summary>
/// <param name="Chart">The chart.</param>
public sealed record ChartBlock(Chart Chart) : ReportBlock
{
    internal override void Write(StringBuilder html)
    {
        html.Append("<figure>\n<figcaption><strong>").Append(Markup.Escape(Chart.Title)).Append("</strong> ").Append(Markup.Escape(Chart.Description))
            .Append("</figcaption>\n<div class=\"wide\">").Append(Chart.ToSvg(ChartLayout.Wide))
            .Append("</div>\n<div class=\"narrow\">").Append(Chart.ToSvg(ChartLayout.Narrow)).Append("</div>\n</figure>\n");
    }
}
