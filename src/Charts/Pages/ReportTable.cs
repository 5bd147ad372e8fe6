using System.Globalization;
using System.Text;

namespace Endpoints.Charts.Pages;

/// <summary>A table with a caption; the first cell of a row is its heading.</summary>
/// <param name="Caption">What the table holds.</param>
/// <param name="Columns">Headings of the columns.</param>
/// <param name="Rows">The cells as text; every row has as many as there are columns.</param>
public sealed record ReportTable(string Caption, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows) : ReportBlock
{
    /// <summary>Columns from the left that hold text and stand to the left; all others hold figures and stand to the right. Default: 1.</summary>
    public int TextColumns { get; init; } = 1;

    /// <summary>Row to stress, for example where throttling starts; null for none.</summary>
    public IReadOnlyList<int> StressedRows { get; init; } = [];

    internal override void Write(StringBuilder html)
    {
        // A wide table scrolls by itself, and a keyboard can reach it to do so.
        html.Append("<div class=\"table\" role=\"region\" tabindex=\"0\" aria-label=\"").Append(Markup.Escape(Caption)).Append("\">\n<table>\n<caption>")
            .Append(Markup.Escape(Caption)).Append("</caption>\n<thead><tr>");
        for (int i = 0; i < Columns.Count; i++)
        {
            html.Append("<th scope=\"col\"").Append(Style(i)).Append('>').Append(Markup.Escape(Columns[i])).Append("</th>");
        }

        html.Append("</tr></thead>\n<tbody>\n");
        for (int row = 0; row < Rows.Count; row++)
        {
            WriteRow(html, row);
        }

        html.Append("</tbody>\n</table>\n</div>\n");
    }

    private void WriteRow(StringBuilder html, int row)
    {
        if (Rows[row].Count != Columns.Count)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                $"Row {row} of the table '{Caption}' has {Rows[row].Count} cells for {Columns.Count} columns."));
        }

        html.Append(StressedRows.Contains(row) ? "<tr class=\"stressed\">" : "<tr>");
        for (int i = 0; i < Rows[row].Count; i++)
        {
            html.Append(i == 0 ? "<th scope=\"row\"" : "<td").Append(Style(i)).Append('>').Append(Markup.Escape(Rows[row][i])).Append(i == 0 ? "</th>" : "</td>");
        }

        html.Append("</tr>\n");
    }

    private string Style(int column) => column < TextColumns ? " class=\"left\"" : "";
}
