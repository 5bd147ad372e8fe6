using System.Text;

namespace Endpoints.Pruning.Tasks.Tables;

/// <summary>Comma-separated text by RFC 4180: a field in quotation marks may hold commas, line breaks and doubled quotation marks.</summary>
internal static class CommaSeparated
{
    /// <summary>Every record that is not blank, the header included.</summary>
    /// <exception cref="TaskException">A quotation mark is out of place.</exception>
    public static IEnumerable<TableRow> Read(string text, string path)
    {
        int position = 0;
        int line = 1;
        while (position < text.Length)
        {
            int start = line;
            var fields = new List<string>();
            do
            {
                fields.Add(text.AsSpan(position).StartsWith('"') ? Quoted(text, path, ref position, ref line) : Plain(text, path, ref position, line));
            }
            while (Skip(text, ',', ref position));

            if (fields is not [""])
            {
                yield return new TableRow(start, [.. fields]);
            }

            Skip(text, '\r', ref position);
            if (position < text.Length && !Skip(text, '\n', ref position))
            {
                throw new TaskException(
                    $"{path} line {line}: expected a comma or the end of the line after a closing quotation mark, found '{text[position]}'. "
                    + "Double the quotation marks that belong to a text.");
            }

            line++;
        }
    }

    private static string Plain(string text, string path, ref int position, int line)
    {
        int length = text.AsSpan(position).IndexOfAny(",\r\n");
        string field = length < 0 ? text[position..] : text.Substring(position, length);
        position += field.Length;
        return !field.Contains('"') ? field : throw new TaskException(
            $"{path} line {line}: expected no quotation mark inside the unquoted field {field}. Put the field in quotation marks and double those inside.");
    }

    private static string Quoted(string text, string path, ref int position, ref int line)
    {
        var field = new StringBuilder();
        int opened = line;
        position++;
        while (true)
        {
            int length = text.AsSpan(position).IndexOf('"');
            if (length < 0)
            {
                throw new TaskException($"{path} line {opened}: expected a closing quotation mark for the one that opens here, found the end of the file.");
            }

            ReadOnlySpan<char> part = text.AsSpan(position, length);
            line += part.Count('\n');
            field.Append(part);
            position += length + 1;
            if (!Skip(text, '"', ref position))
            {
                return field.ToString();
            }

            field.Append('"');
        }
    }

    private static bool Skip(string text, char expected, ref int position)
    {
        if (position < text.Length && text[position] == expected)
        {
            position++;
            return true;
        }

        return false;
    }
}
