using System.Globalization;
using Endpoints.Charts;
using Endpoints.Pruning.Runs;

namespace Endpoints.Pruning.Pipeline;

/// <summary>A search's trials and its Pareto front as a picture: score against parameters or latency.</summary>
public static class FrontChart
{
    /// <summary>Draws the trials of a search.</summary>
    /// <param name="report">The search; it minimised the error.</param>
    /// <param name="metric">What 1 - error is called, for example <c>accuracy</c>.</param>
    /// <param name="against">The objective on the horizontal axis: <c>parameters</c> (default) or <c>latency</c>.</param>
    /// <param name="named">Trials to ring and name, by number.</param>
    public static ScatterChart Of(FrontReport report, string metric, string against = "parameters", IReadOnlyDictionary<int, string>? named = null)
    {
        double scale = against == "parameters" ? 1e-6 : 1;
        ChartPoint Point(Trial trial) => new(Across(report, trial, against) * scale, 100 * (1 - report.Value(trial, "error")), Note(report, trial, metric));
        Trial[] front = [.. Staircase(report, against)];
        return new ScatterChart
        {
            Title = $"{Capital(metric)} against {(against == "parameters" ? "parameters" : against)}",
            Description = $"{report.Trials.Count} sub-networks of the super-network on the validation examples; the line joins those that no other one beats in both.",
            X = against == "parameters" ? new Axis("Parameters", "M") { Min = 0 } : new Axis("Latency of one pair", "ms") { Min = 0 },
            Y = new Axis($"Validation {metric}", "%"),
            Groups =
            [
                new Series("Sub-networks", [.. report.Trials.Where(trial => trial.SubNetwork != "full").Select(Point)]) { Faint = true },
                new Series("Super-network", [.. report.Trials.Where(trial => trial.SubNetwork == "full").Select(Point)]),
            ],
            Front = [.. front.Select(Point)],
            Highlights = [.. (named ?? new Dictionary<int, string>()).Select(pair => new Highlight(Point(report.Trials[pair.Key]), pair.Value))],
        };
    }

    /// <summary>Parameters are recorded with every trial, whether the search minimised them or not.</summary>
    private static double Across(FrontReport report, Trial trial, string against) => against == "parameters" ? trial.Parameters : report.Value(trial, against);

    /// <summary>The trials that are best in these two objectives alone: a front of three objectives is no line in a picture of two.</summary>
    private static IEnumerable<Trial> Staircase(FrontReport report, string against)
    {
        double best = double.PositiveInfinity;
        foreach (Trial trial in report.Trials.OrderBy(trial => Across(report, trial, against)).ThenBy(trial => report.Value(trial, "error")))
        {
            double error = report.Value(trial, "error");
            if (error < best)
            {
                best = error;
                yield return trial;
            }
        }
    }

    private static string Note(FrontReport report, Trial trial, string metric)
    {
        string latency = report.Has("latency") ? string.Create(CultureInfo.InvariantCulture, $", {report.Value(trial, "latency"):0.###} ms") : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"trial {trial.Id}: {trial.SubNetwork}, {trial.Parameters / 1e6:0.###} M parameters, {metric} {100 * (1 - report.Value(trial, "error")):0.0} %{latency}");
    }

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
