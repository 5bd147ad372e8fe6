using System.Text.Json;

namespace Endpoints.Pruning.Tasks.Tables;

/// <summary>A JSON object a line. The first one's members are the columns; the others have them too, in any order, and may have more.</summary>
internal static class JsonLines
{
    /// <exception cref="TaskException">A line is no object, lacks a column, or has a value that is neither text nor a number.</exception>
    public static Table Read(string text, string path)
    {
        string[]? columns = null;
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
            columns ??= [.. root.EnumerateObject().Select(member => member.Name)];
            rows.Add(new TableRow(line, [.. columns.Select(column => Field(root, column, path, line))]));
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

    private static string Field(JsonElement root, string column, string path, int line)
    {
        if (!root.TryGetProperty(column, out JsonElement value))
        {
            throw new TaskException(
                $"{path} line {line}: expected the member '{column}', as line 1 has it, found {string.Join(", ", root.EnumerateObject().Select(member => member.Name))}.");
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
