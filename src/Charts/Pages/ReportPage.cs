using System.Text;
using System.Text.RegularExpressions;

namespace Endpoints.Charts.Pages;

/// <summary>
/// A report as one HTML file that needs nothing else: no script, no font, no image and no network (its content security policy forbids them).
/// It reads on a telephone, on a wide screen, in light and dark, and on paper.
/// </summary>
public sealed partial record ReportPage
{
    /// <summary>The page's title and first heading.</summary>
    public required string Title { get; init; }

    /// <summary>The answer in words, one entry a paragraph, under the title.</summary>
    public IReadOnlyList<string> Lead { get; init; } = [];

    /// <summary>The same answer in figures, under the lead.</summary>
    public IReadOnlyList<FactCard> Cards { get; init; } = [];

    /// <summary>The sections, in order.</summary>
    public IReadOnlyList<ReportSection> Sections { get; init; } = [];

    /// <summary>A line at the end of the page: when, where and by what it was made.</summary>
    public string Footer { get; init; } = "";

    /// <summary>The page as text of an .html file.</summary>
    public string ToHtml()
    {
        var html = new StringBuilder();
        html.Append(
            """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta name="color-scheme" content="light dark"/>
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"/>
            <link rel="icon" href="data:,"/>

            """);
        html.Append("<title>").Append(Markup.Escape(Title)).Append("</title>\n<style>\n")
            .Append(PageStyle.Css).Append('\n').Append(ChartStyle.Css).Append("\n</style>\n</head>\n<body>\n<header>\n<h1>").Append(Markup.Escape(Title)).Append("</h1>\n");
        foreach (string paragraph in Lead)
        {
            html.Append("<p class=\"lead\">").Append(Markup.Escape(UnitSpace().Replace(paragraph, "\u00a0"))).Append("</p>\n");
        }

        WriteCards(html);
        WriteContents(html);
        html.Append("</header>\n<main>\n");
        for (int i = 0; i < Sections.Count; i++)
        {
            Sections[i].Write(html, SectionId(i));
        }

        html.Append("</main>\n");
        if (Footer.Length > 0)
        {
            html.Append("<footer><p>").Append(Markup.Escape(Footer)).Append("</p></footer>\n");
        }

        return html.Append("</body>\n</html>\n").ToString();
    }

    /// <summary>The space between a figure and its unit, at which no line may break.</summary>
    [GeneratedRegex(@"(?<=\d) (?=%|(?:ms|s|h)\b)")]
    private static partial Regex UnitSpace();

    private static string SectionId(int index) => $"section-{index + 1}";

    private void WriteCards(StringBuilder html)
    {
        if (Cards.Count == 0)
        {
            return;
        }

        html.Append("<ul class=\"cards\">\n");
        foreach (FactCard card in Cards)
        {
            card.Write(html);
        }

        html.Append("</ul>\n");
    }

    private void WriteContents(StringBuilder html)
    {
        if (Sections.Count < 3)
        {
            return;
        }

        html.Append("<nav aria-label=\"Sections\"><ul>\n");
        for (int i = 0; i < Sections.Count; i++)
        {
            html.Append("<li><a href=\"#").Append(SectionId(i)).Append("\">").Append(Markup.Escape(Sections[i].Heading)).Append("</a></li>\n");
        }

        html.Append("</ul></nav>\n");
    }
}
