using System.Text;
using Endpoints.Hub;

namespace Endpoints.Cli.Pull;

/// <summary>MRPC as GLUE has it: the pairs that GLUE lists leave the training part for a development part.</summary>
internal static class ParaphraseParts
{
    public const string TrainName = "msr_paraphrase_train.txt";
    public const string TestName = "msr_paraphrase_test.txt";
    public const string DevelopmentName = "mrpc_dev_ids.tsv";

    /// <exception cref="HubException">The files are of another form.</exception>
    public static void Write(string from, string to)
    {
        // Reading as text drops the byte order mark and the carriage returns of the originals.
        string[] train = File.ReadAllLines(Path.Combine(from, TrainName), Encoding.UTF8);
        HashSet<(string, string)> development = [.. File.ReadLines(Path.Combine(from, DevelopmentName)).Select(line => Ids(line, first: 0))];
        Directory.CreateDirectory(to);
        Write(to, "train.tsv", [train[0], .. train.Skip(1).Where(line => !development.Contains(Ids(line, first: 1)))]);
        Write(to, "dev.tsv", [train[0], .. train.Skip(1).Where(line => development.Contains(Ids(line, first: 1)))]);
        Write(to, "test.tsv", File.ReadAllLines(Path.Combine(from, TestName), Encoding.UTF8));
    }

    private static void Write(string folder, string name, string[] lines) => File.WriteAllText(Path.Combine(folder, name), string.Join('\n', lines) + "\n");

    /// <summary>The ids of a row's two sentences.</summary>
    private static (string, string) Ids(string line, int first) => line.Split('\t') is var cells && cells.Length > first + 1
        ? (cells[first], cells[first + 1])
        : throw new HubException($"A row of MRPC is '{line}': expected the ids of two sentences in columns {first + 1} and {first + 2}.");
}
