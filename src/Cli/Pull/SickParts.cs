using Endpoints.Hub;

namespace Endpoints.Cli.Pull;

/// <summary>SICK in the three parts of SemEval 2014, with the column names of its files.</summary>
internal static class SickParts
{
    private static readonly string[] Wanted = ["pair_ID", "sentence_A", "sentence_B", "relatedness_score", "entailment_label", "SemEval_set"];

    private static readonly (string Name, string Set)[] Parts = [("train.tsv", "TRAIN"), ("dev.tsv", "TRIAL"), ("test.tsv", "TEST")];

    /// <exception cref="HubException">The file is of another form.</exception>
    public static void Write(string from, string to)
    {
        string[][] rows = [.. File.ReadLines(Path.Combine(from, "SICK.txt")).Where(line => line.Length > 0).Select(line => line.Split('\t', StringSplitOptions.TrimEntries))];
        int[] columns = [.. Wanted.Select(name => Array.IndexOf(rows[0], name) is >= 0 and int column
            ? column : throw new HubException($"SICK.txt has the columns {string.Join(", ", rows[0])}: expected {name} too."))];
        Directory.CreateDirectory(to);
        foreach ((string name, string set) in Parts)
        {
            IEnumerable<string> lines = rows.Skip(1).Where(row => row[columns[^1]] == set).Select(row => string.Join('\t', columns[..^1].Select(column => row[column])));
            string header = string.Join('\t', Wanted[..^1]).Replace("entailment_label", "entailment_judgment", StringComparison.Ordinal);
            File.WriteAllText(Path.Combine(to, name), string.Join('\n', lines.Prepend(header)) + "\n");
        }
    }
}
