using System.Text.Json;

namespace Endpoints.LoadTest.Pairs;

/// <summary>
/// Reads pairs from a table with named columns: <c>.tsv</c> (a header line, then a row a line, tabs between cells, no quoting) or <c>.jsonl</c> (an object a line).
/// </summary>
public static class PairFile
{
    private static readonly string[][] TextColumns =
        [["premise", "hypothesis"], ["sentence1", "sentence2"], ["sentence_A", "sentence_B"], ["question", "sentence"], ["text", "pair"]];

    private static readonly string[] LabelColumns = ["label", "gold_label", "entailment_judgment"];
    private static readonly string Expected = string.Join(", ", TextColumns.Select(names => string.Join("/", names)));

    /// <summary>All pairs of the file, in its order. A missing or empty label, and <c>-</c> (no agreed label), leave a pair unlabelled.</summary>
    /// <exception cref="LoadTestException">The file cannot be read, lacks the columns, or has a bad row; the message names the line.</exception>
    public static IReadOnlyList<LoadPair> Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            IReadOnlyList<LoadPair> pairs = Path.GetExtension(path).ToLowerInvariant() switch
            {
                ".tsv" or ".txt" => ReadTsv(path),
                ".jsonl" or ".ndjson" => ReadJsonLines(path),
                _ => throw new LoadTestException($"{path} is not a pairs file: expected a .tsv with a header line or a .jsonl with one object a line."),
            };
            return pairs.Count > 0 ? pairs : throw new LoadTestException($"{path} holds no pairs: expected at least one row.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LoadTestException($"The pairs file {path} cannot be read: {exception.Message}", exception);
        }
    }

    private static List<LoadPair> ReadTsv(string path)
    {
        var pairs = new List<LoadPair>();
        string[]? header = null;
        (int Premise, int Hypothesis, int Label) at = default;
        int line = 0;
        foreach (string row in File.ReadLines(path))
        {
            line++;
            string[] cells = row.TrimEnd('\r').Split('\t');
            if (header is null)
            {
                header = cells;
                string[] names = NamesIn(header) ?? throw new LoadTestException(
                    $"{path} names the columns {string.Join(", ", header)} in its first line: expected two texts ({Expected}) and, for accuracy, label.");
                at = (IndexOf(header, names[0]), IndexOf(header, names[1]), Array.FindIndex(header, cell => LabelColumns.Contains(cell, StringComparer.OrdinalIgnoreCase)));
            }
            else if (cells.Length == header.Length)
            {
                pairs.Add(new LoadPair(cells[at.Premise], cells[at.Hypothesis], at.Label < 0 ? null : LabelOrNone(cells[at.Label])));
            }
            else if (row.Length > 0)
            {
                throw new LoadTestException($"{path}, line {line}: {cells.Length} cells, but the header names {header.Length} columns. Cells are separated by tabs.");
            }
        }

        return pairs;
    }

    private static List<LoadPair> ReadJsonLines(string path)
    {
        var pairs = new List<LoadPair>();
        int line = 0;
        foreach (string row in File.ReadLines(path))
        {
            line++;
            if (string.IsNullOrWhiteSpace(row))
            {
                continue;
            }

            try
            {
                using var document = JsonDocument.Parse(row);
                pairs.Add(FromJson(document.RootElement, $"{path}, line {line}"));
            }
            catch (JsonException exception)
            {
                throw new LoadTestException($"{path}, line {line} is not JSON: expected one object a line with two texts ({Expected}).", exception);
            }
        }

        return pairs;
    }

    private static LoadPair FromJson(JsonElement row, string where)
    {
        string[] fields = row.ValueKind == JsonValueKind.Object ? [.. row.EnumerateObject().Select(field => field.Name)] : [];
        string[] names = NamesIn(fields) ?? throw new LoadTestException($"{where}: expected an object with two texts ({Expected}) and, for accuracy, label.");
        string? label = fields.FirstOrDefault(field => LabelColumns.Contains(field, StringComparer.OrdinalIgnoreCase));
        return new LoadPair(Text(names[0]), Text(names[1]), label is null ? null : LabelOrNone(row.GetProperty(label).ToString()));

        string Text(string name)
        {
            JsonElement value = row.GetProperty(fields[IndexOf(fields, name)]);
            return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new LoadTestException($"{where}: '{name}' is {value.ValueKind}, expected text.");
        }
    }

    private static string[]? NamesIn(string[] columns) => TextColumns.FirstOrDefault(names => names.All(name => IndexOf(columns, name) >= 0));

    private static int IndexOf(string[] columns, string name) => Array.FindIndex(columns, column => column.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static string? LabelOrNone(string label) => label is "" or "-" ? null : label;
}
