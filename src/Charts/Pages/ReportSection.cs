using System.Text;

namespace Endpoints.Charts.Pages;

/// <summary>A heading and what stands under it.</summary>
/// <param name="Heading">The heading.</param>
/// <param name="Blocks">Paragraphs, charts and tables, in order. Charts that follow each other stand side by side where there is room.</param>
public sealed record ReportSection(string Heading, IReadOnlyList<ReportBlock> Blocks)
{
    internal void Write(StringBuilder html, string id)
    {
        html.Append("<section id=\"").Append(id).Append("\">\n<h2>").Append(Markup.Escape(Heading)).Append("</h2>\n");
        for (int i = 0; i < Blocks.Count; i++)
        {
            bool figure = Blocks[i] is ChartBlock;
            bool opens = figure && (i == 0 || Blocks[i - 1] is not ChartBlock);
            bool closes = figure && (i == Blocks.Count - 1 || Blocks[i + 1] is not ChartBlock);
            html.Append(opens ? "<div class=\"figures\">\n" : "");
            Blocks[i].Write(html);
            html.Append(closes ? "</div>\n" : "");
        }

        html.Append("</section>\n");
    }
}
