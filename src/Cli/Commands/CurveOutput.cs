using System.Globalization;
using System.Text;
using System.Text.Json;
using Endpoints.Cli.Progress;
using Endpoints.Pruning.Pipeline;
using Spectre.Console;

namespace Endpoints.Cli.Commands;

/// <summary>What the commands that prune take as levels, and show and write of a curve.</summary>
internal static class CurveOutput
{
    /// <summary>Where a run stands, for a line of progress.</summary>
    public static string Describe(PruningProgress progress) => Text(
        $"network {progress.Finished}/{progress.Total}{(progress.Phase is { } phase ? $", {phase}" : "")}{ProgressLine.Left(progress.Remaining)}");

    /// <summary>Shows a curve, whose files were written, as a table.</summary>
    public static void Show(CliHost host, PruningCurve curve, string folder)
    {
        host.Terminal.Write(Table(curve));
        if (curve.IsOfSingleWeights)
        {
            host.Output.WriteLine("Latency stays the same: a dense engine multiplies zeros like any other number, and stores them.");
        }

        host.Output.WriteLine($"Wrote journal, curve.csv, curve.json, curve.svg{(curve.IsOfSingleWeights ? ", curve-prunable.svg" : "")} and cost.svg to {folder}.");
    }

    /// <summary>The curves of several heads as one JSON document, by the name of the head.</summary>
    /// <param name="folder">Folder with a folder for each head, in which its curve is.</param>
    /// <param name="heads">The heads.</param>
    public static string ByHead(string folder, IEnumerable<string> heads)
    {
        using var document = new MemoryStream();
        using (var writer = new Utf8JsonWriter(document))
        {
            writer.WriteStartObject();
            foreach (string head in heads)
            {
                writer.WritePropertyName(head);
                writer.WriteRawValue(File.ReadAllBytes(Path.Combine(folder, head, PruningCurve.FileName)));
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(document.ToArray());
    }

    /// <summary>Reads what --levels was given.</summary>
    public static double[] Levels(string text) => [.. text.Split(',').Select(part =>
        double.TryParse(part, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out double level)
            ? level
            : throw new FormatException($"--levels {text}: '{part}' is no number; expected for example 0.2,0.5,0.8."))];

    private static Table Table(PruningCurve curve)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns("level", "removed", $"train {curve.Metric}", "validation", "test", "parameters", "GFLOP", "latency");
        foreach (CurvePoint point in curve.Points)
        {
            table.AddRow(
                Text($"{100 * point.Level:0} %"), curve.Percent(point.Sparsity), curve.Percent(point.Train), curve.Percent(point.Validation), curve.Percent(point.Test),
                Text($"{point.Parameters.Mean / 1e6:0.000} M"), Text($"{point.GflopExecuted.Mean:0.000}"), Text($"{point.LatencyMilliseconds.Mean:0.000} ms"));
        }

        return table;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
