namespace Endpoints.Pruning.Tasks.Tables;

/// <summary>Tab-separated text as GLUE writes it: no quoting and no escapes, so a quotation mark is a character like any other.</summary>
internal static class TabSeparated
{
    /// <summary>Every line that is not blank, the header included.</summary>
    public static IEnumerable<TableRow> Read(string text)
    {
        int line = 0;
        foreach (string record in text.Split('\n'))
        {
            line++;
            string trimmed = record.EndsWith('\r') ? record[..^1] : record;
            if (trimmed.Length > 0)
            {
                yield return new TableRow(line, trimmed.Split('\t'));
            }
        }
    }
}
