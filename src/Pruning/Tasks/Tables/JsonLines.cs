using System.Text.Json;

namespace Endpoints.Pruning.Tasks.Tables;

/// <summary>A JSON object a line. The first one's members are the columns; the others have those of them that are used, in any order, and may have more.</summary>
internal static class JsonLines
{
    /// <summary>Reads every record.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="used">Columns that are looked at; others may hold anything, or be missing. Null for all of them.</param>
    /// <exception cref="TaskException">A line is no object, or lacks a used column or has neither text nor a number in it.</exception>
    public static Table Read(string text, string path, IReadOnlyCollection<string>? used = null)
    {
        string[]? columns = null;
        int first = 0;
        var rows = new List<TableRow>();
        int line = 0;
        foreach (string record in text.Split('\n'))
        {
            line++;
            if (string.IsNullOrWhiteSpace(record))
            {
                continue;
            }

            using JsonDocument document = Parse(record, path, line);
            JsonElement root = document.RootElement;
            if (columns is null)
            {
                (columns, first) = ([.. root.EnumerateObject().Select(member => member.Name)], line);
            }

            string Of(string column) => used is null || used.Contains(column) ? Field(root, column, path, line, first) : "";
            rows.Add(new TableRow(line, [.. columns.Select(Of)]));
        }

        return new Table(path, columns ?? throw new TaskException($"{path} is empty: a JSON object on each line is expected."), rows);
    }

    private static JsonDocument Parse(string record, string path, int line)
    {
        try
        {
            JsonDocument document = JsonDocument.Parse(record);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document : throw new TaskException(
                $"{path} line {line}: expected a JSON object, found {Describe(document.RootElement.ValueKind)}.");
        }
        catch (JsonException wrong)
        {
            throw new TaskException($"{path} line {line}: expected a JSON object, found text that is no JSON ({wrong.Message}).", wrong);
        }
    }

    private static string Field(JsonElement root, string column, string path, int line, int first)
    {
        if (!root.TryGetProperty(column, out JsonElement value))
        {
            throw new TaskException(
                $"{path} line {line}: expected the member '{column}', as line {first} has it, found {string.Join(", ", root.EnumerateObject().Select(member => member.Name))}.");
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
            var other => throw new TaskException($"{path} line {line}: expected text or a number in '{column}', found {Describe(other)}."),
        };
    }

    private static string Describe(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Null => "null",
        JsonValueKind.Array => "an array",
        JsonValueKind.Object => "an object",
        _ => $"a {kind.ToString().ToLowerInvariant()}",
    };
}
