using System.CommandLine;
using System.Globalization;
using Endpoints.Pruning.Multitask;
using Spectre.Console;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints multitask</c>: one trunk with a head for each of several tasks.</summary>
internal static class MultitaskCommand
{
    public static Command Create(CliHost host) => new("multitask", "Train, evaluate and prune one BERT with a head for each of several tasks, siamese ones for pairs of texts among them.")
    {
        MultitaskTrainCommand.Create(host),
        MultitaskEvaluateCommand.Create(host),
        MultitaskPruneCommand.Create(host),
    };

    public static Option<string?> Tasks() => new("--tasks")
    {
        Description = "JSON file of the tasks: their tables, heads and metrics. Without it the report's: sentiment (sst-5), paraphrase (qqp), similarity (sts-b).",
    };

    public static Option<string?> Data() => new("--data") { Description = "Folder that the tasks' own folders are in; by default that of the --tasks file." };

    /// <summary>The folder of the tasks' folders.</summary>
    public static string DataFolder(string? data, string? tasks) => data ?? Path.GetDirectoryName(Path.GetFullPath(
        tasks ?? throw new ArgumentException("Give --data DIR, a folder with sst-5, qqp and sts-b in it, or --tasks FILE, the description of other tasks.")))!;

    /// <summary>Every head's score beside the trivial answer's, and the mean.</summary>
    public static void Show(CliHost host, MultitaskScores scores)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns("head", "examples", "metric", "score", "trivial answer", "loss");
        foreach (HeadScore head in scores.Heads)
        {
            table.AddRow(head.Head, Text($"{head.Examples:N0}"), head.Metric, Text($"{head.Score:0.0000}"), double.IsNaN(head.Trivial) ? "undefined" : Text($"{head.Trivial:0.0000}"), Text($"{head.Loss:0.0000}"));
            foreach ((string name, double value) in head.Further)
            {
                table.AddRow("", "", name, Text($"{value:0.0000}"), "", "");
            }
        }

        host.Terminal.Write(table);
        host.Output.WriteLine(Text($"Mean: {scores.Overall:0.0000}. The trivial answer is always the most frequent label, or the mean value."));
    }

    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
