using System.Globalization;
using System.Text;

namespace Endpoints.Bench;

/// <summary>Tables and notes: to the console at once, row by row, and kept as markdown.</summary>
internal sealed class Report
{
    private readonly StringBuilder _markdown = new();
    private int[] _widths = [];

    public string Markdown => _markdown.ToString();

    public void Heading(string text)
    {
        Console.WriteLine($"\n{text}");
        _markdown.Append(CultureInfo.InvariantCulture, $"\n## {text}\n\n");
    }

    public void Note(string text)
    {
        Console.WriteLine(text);
        _markdown.Append(text).Append("\n\n");
    }

    /// <summary>Starts a table. The first column is text, the others are figures.</summary>
    public void Columns(params string[] names)
    {
        _widths = [.. names.Select((name, index) => index == 0 ? 34 : Math.Max(name.Length, 7))];
        Line(names);
        _markdown.Append('|').Append(string.Concat(names.Select((_, index) => index == 0 ? " --- |" : " ---: |"))).Append('\n');
    }

    public void Row(params string[] cells) => Line(cells);

    /// <summary>Ends a table.</summary>
    public void End() => _markdown.Append('\n');

    private void Line(string[] cells)
    {
        Console.WriteLine(string.Join("  ", cells.Select((cell, index) => index == 0 ? cell.PadRight(_widths[0]) : cell.PadLeft(_widths[index]))));
        _markdown.Append("| ").Append(string.Join(" | ", cells)).Append(" |\n");
    }
}
