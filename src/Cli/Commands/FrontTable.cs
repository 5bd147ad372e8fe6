using System.Globalization;
using Endpoints.Pruning;
using Endpoints.Pruning.Runs;
using Spectre.Console;

namespace Endpoints.Cli.Commands;

/// <summary>The Pareto front of a search as a table.</summary>
internal static class FrontTable
{
    public static Table Of(FrontReport report, string metric)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns("trial", "sub-network", metric, "parameters", report.Latency ?? "");
        foreach (Trial trial in report.Front)
        {
            table.AddRow(
                Text($"{trial.Id}"),
                trial.SubNetwork,
                report.Has("error") ? Score(report, trial) : "",
                Text($"{trial.Parameters / 1e6:0.000} M"),
                report.Latency is { } latency ? Text($"{report.Value(trial, latency):0.000} ms") : "");
        }

        return table;
    }

    /// <summary>The score with its 95 % interval; <c>-</c> where the metric is undefined, which counts as an error of 1 and is no score of 0.</summary>
    private static string Score(FrontReport report, Trial trial)
    {
        if (trial.IsScoreUndefined)
        {
            return "-";
        }

        string score = Text($"{100 * (1 - report.Value(trial, "error")):0.0} %");
        return trial.Details.TryGetValue("error_low", out double low) && trial.Details.TryGetValue("error_high", out double high)
            ? Text($"{score} ({100 * (1 - high):0.0} to {100 * (1 - low):0.0})")
            : score;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
