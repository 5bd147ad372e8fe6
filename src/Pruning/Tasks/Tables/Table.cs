using System.Text;

namespace Endpoints.Pruning.Tasks.Tables;

/// <summary>One record of a table.</summary>
/// <param name="Line">The line of the file that it starts on, from 1.</param>
/// <param name="Fields">Its fields, in the order of the columns.</param>
internal readonly record struct TableRow(int Line, string[] Fields);

/// <summary>A file of named columns: tab-separated (.tsv), comma-separated (.csv) or JSON lines (.jsonl).</summary>
/// <param name="Path">The file.</param>
/// <param name="Columns">Names of the columns, in order.</param>
/// <param name="Rows">Every row, each with one field for each column.</param>
internal sealed record Table(string Path, IReadOnlyList<string> Columns, IReadOnlyList<TableRow> Rows)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a file; its extension says its format.</summary>
    /// <param name="path">The file.</param>
    /// <param name="header">Column names of a file whose first line is no header; empty where it is one. JSON lines name their own columns.</param>
    /// <exception cref="TaskException">The file is missing, of another extension, or a row is broken.</exception>
    public static Table Read(string path, IReadOnlyList<string> header) => System.IO.Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".tsv" => WithHeader(path, header, TabSeparated.Read(ReadText(path))),
        ".csv" => WithHeader(path, header, CommaSeparated.Read(ReadText(path), path)),
        ".jsonl" => JsonLines.Read(ReadText(path), path),
        var other => throw new TaskException($"{path} has the extension '{other}': a table is a .tsv, .csv or .jsonl file."),
    };

    /// <summary>Index of a column.</summary>
    /// <exception cref="TaskException">There is none of that name; the message lists those that there are.</exception>
    public int IndexOf(string column)
    {
        int index = Columns.ToList().IndexOf(column);
        return index >= 0 ? index : throw new TaskException($"{Path} has no column '{column}': it has {string.Join(", ", Columns)}.");
    }

    private static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path, StrictUtf8);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new TaskException($"{path} does not exist: put the file there, or name the folder that has it.", missing);
        }
        catch (DecoderFallbackException wrong)
        {
            throw new TaskException($"{path} is not UTF-8 text (byte {wrong.Index} of a block does not decode): save it as UTF-8.", wrong);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new TaskException($"{path} cannot be read: {unreadable.Message}", unreadable);
        }
    }

    private static Table WithHeader(string path, IReadOnlyList<string> header, IEnumerable<TableRow> records)
    {
        var rows = records.ToList();
        IReadOnlyList<string> columns = header;
        if (columns.Count == 0)
        {
            columns = rows is [var first, ..] ? first.Fields : throw new TaskException($"{path} is empty: a header line with the names of the columns is expected.");
            rows.RemoveAt(0);
        }

        foreach (TableRow row in rows)
        {
            if (row.Fields.Length != columns.Count)
            {
                throw new TaskException(
                    $"{path} line {row.Line}: expected {columns.Count} fields ({string.Join(", ", columns)}), found {row.Fields.Length}. Correct or remove the line.");
            }
        }

        return new Table(path, columns, rows);
    }
}
