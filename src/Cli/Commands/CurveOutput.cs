using System.Globalization;
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

    /// <summary>Writes a curve's files and shows it as a table.</summary>
    public static void Write(CliHost host, PruningCurve curve, string folder)
    {
        curve.Write(folder);
        host.Terminal.Write(Table(curve));
        if (curve.IsOfSingleWeights)
        {
            host.Output.WriteLine("Latency stays the same: a dense engine multiplies zeros like any other number, and stores them.");
        }

        host.Output.WriteLine($"Wrote journal, curve.csv, curve.json, curve.svg{(curve.IsOfSingleWeights ? ", curve-prunable.svg" : "")} and cost.svg to {folder}.");
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
