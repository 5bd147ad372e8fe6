namespace Endpoints.Pruning.Tasks.Tables;

/// <summary>One record of a table.</summary>
/// <param name="Line">The line of the file that it starts on, from 1.</param>
/// <param name="Fields">Its fields, in the order of the columns.</param>
internal readonly record struct TableRow(int Line, string[] Fields);

/// <summary>A file of named columns: tab-separated (.tsv, .txt), comma-separated (.csv) or JSON lines (.jsonl).</summary>
/// <param name="Path">The file.</param>
/// <param name="Columns">Names of the columns, in order.</param>
/// <param name="Rows">Every row, each with one field for each column.</param>
internal sealed record Table(string Path, IReadOnlyList<string> Columns, IReadOnlyList<TableRow> Rows)
{
    /// <summary>Rows that had fewer or more fields than columns and were left out, because that was asked for.</summary>
    public int LeftOut { get; init; }

    /// <summary>Reads a file; its extension says its format.</summary>
    /// <param name="path">The file.</param>
    /// <param name="header">Column names of a file whose first line is no header; empty where it is one. JSON lines name their own columns.</param>
    /// <param name="leaveOutIncomplete">Leave out, and count, rows that do not have a field for each column, instead of failing at the first.</param>
    /// <param name="used">Columns that are looked at: in others, JSON lines may hold anything. Null for all of them.</param>
    /// <exception cref="TaskException">The file is missing, of another extension, or a row is broken.</exception>
    public static Table Read(string path, IReadOnlyList<string> header, bool leaveOutIncomplete = false, IReadOnlyCollection<string>? used = null) => System.IO.Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".tsv" or ".txt" => WithHeader(path, header, TabSeparated.Read(TaskText.Read(path)), leaveOutIncomplete),
        ".csv" => WithHeader(path, header, CommaSeparated.Read(TaskText.Read(path), path), leaveOutIncomplete),
        ".jsonl" => JsonLines.Read(TaskText.Read(path), path, used),
        var other => throw new TaskException($"{path} has the extension '{other}': a table is a .tsv (or .txt), .csv or .jsonl file."),
    };

    /// <summary>Index of a column.</summary>
    /// <exception cref="TaskException">There is none of that name; the message lists those that there are.</exception>
    public int IndexOf(string column)
    {
        int index = Columns.ToList().IndexOf(column);
        return index >= 0 ? index : throw new TaskException($"{Path} has no column '{column}': it has {string.Join(", ", Columns)}.");
    }

    private static Table WithHeader(string path, IReadOnlyList<string> header, IEnumerable<TableRow> records, bool leaveOutIncomplete)
    {
        var rows = records.ToList();
        IReadOnlyList<string> columns = header;
        if (columns.Count == 0)
        {
            columns = rows is [var first, ..] ? first.Fields : throw new TaskException($"{path} is empty: a header line with the names of the columns is expected.");
            rows.RemoveAt(0);
        }

        int leftOut = leaveOutIncomplete ? rows.RemoveAll(row => row.Fields.Length != columns.Count) : 0;
        int broken = rows.FindIndex(row => row.Fields.Length != columns.Count);
        if (broken >= 0)
        {
            throw new TaskException(
                $"{path} line {rows[broken].Line}: expected {columns.Count} fields ({string.Join(", ", columns)}), found {rows[broken].Fields.Length}. Correct or remove the line.");
        }

        return new Table(path, columns, rows) { LeftOut = leftOut };
    }
}
