using System.Globalization;
using Endpoints.Bert;
using Endpoints.Pruning.Tasks.Tables;

namespace Endpoints.Pruning.Tasks;

/// <summary>Reads one part of a task: a table's rows, or a folder of texts for each label.</summary>
internal static class ExampleReader
{
    public static TaskPart Read(TaskDefinition definition, string path)
    {
        TaskPart part = Directory.Exists(path) ? LabelFolders.Read(definition, path) : ReadTable(definition, path);
        return part.Examples.Count > 0 ? part : throw new TaskException($"{path} has no example: at least one {(Directory.Exists(path) ? "text file in a label's folder" : "row below the header")} is expected.");
    }

    private static TaskPart ReadTable(TaskDefinition definition, string path)
    {
        TaskColumns columns = definition.Columns;
        Table table = Table.Read(path, definition.Header, definition.LeavesOutIncomplete, columns.Used);
        int text = table.IndexOf(columns.Text), label = table.IndexOf(columns.Label);
        int? pair = Index(table, columns.Pair), stem = Index(table, columns.Stem);
        int[] choices = [.. columns.Choices.Select(table.IndexOf)];

        string Text(TableRow row, int index) => definition.LeavesOutIncomplete || !string.IsNullOrWhiteSpace(row.Fields[index])
            ? row.Fields[index]
            : throw new TaskException($"{path} line {row.Line}: expected a text in '{table.Columns[index]}', found nothing. Correct or remove the line.");
        Example Of(TableRow row)
        {
            (int index, float value) = Target(definition, row.Fields[label], path, row.Line);
            string beginning = stem is { } common ? $"{Text(row, common)} " : "";
            var example = new Example(Text(row, text), pair is { } second ? Text(row, second) : null, index, value);
            return choices.Length == 0 ? example : example with { Choices = [.. choices.Select(choice => beginning + Text(row, choice))] };
        }

        return new TaskPart([.. table.Rows.Select(Of)], table.LeftOut);
    }

    private static int? Index(Table table, string? column) => column is null ? null : table.IndexOf(column);

    private static (int Index, float Value) Target(TaskDefinition definition, string written, string path, int line)
    {
        if (definition.ProblemType == ProblemType.Regression)
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

/// <summary>What was read of one part of a task.</summary>
/// <param name="Examples">Its examples, in the order of the file.</param>
/// <param name="LeftOut">Rows that lacked fields and were left out.</param>
internal sealed record TaskPart(IReadOnlyList<Example> Examples, int LeftOut);
