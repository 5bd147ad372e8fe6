using System.Globalization;
using Endpoints.Pruning.Tasks.Tables;

namespace Endpoints.Pruning.Tasks;

/// <summary>Reads a table's rows as a task's examples.</summary>
internal static class ExampleReader
{
    public static IReadOnlyList<Example> Read(TaskDefinition definition, string path)
    {
        Table table = Table.Read(path, definition.Header);
        int text = table.IndexOf(definition.Columns.Text);
        int? pair = definition.Columns.Pair is { } column ? table.IndexOf(column) : null;
        int label = table.IndexOf(definition.Columns.Label);
        var examples = new List<Example>(table.Rows.Count);
        foreach (TableRow row in table.Rows)
        {
            (int index, float value) = Target(definition, row.Fields[label], path, row.Line);
            examples.Add(new Example(
                Text(row, text, definition.Columns.Text, path),
                pair is { } second ? Text(row, second, definition.Columns.Pair!, path) : null,
                index,
                value));
        }

        return examples.Count > 0 ? examples : throw new TaskException($"{path} has no example: at least one row below the header is expected.");
    }

    private static string Text(TableRow row, int index, string column, string path) => !string.IsNullOrWhiteSpace(row.Fields[index])
        ? row.Fields[index]
        : throw new TaskException($"{path} line {row.Line}: expected a text in '{column}', found nothing. Correct or remove the line.");

    private static (int Index, float Value) Target(TaskDefinition definition, string written, string path, int line)
    {
        if (definition.Labels.IsEmpty)
        {
            return float.TryParse(written, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && float.IsFinite(value)
                ? (0, value)
                : throw new TaskException($"{path} line {line}: expected a number in '{definition.Columns.Label}', found '{written}'.");
        }

        int index = definition.Labels.IndexOf(written);
        return index >= 0 ? (index, index) : throw new TaskException(
            $"{path} line {line}: expected one of the labels {string.Join(", ", definition.Labels)} in '{definition.Columns.Label}', found '{written}'.");
    }
}
