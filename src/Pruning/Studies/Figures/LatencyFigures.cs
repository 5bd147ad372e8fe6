using Endpoints.Charts;

namespace Endpoints.Pruning.Studies.Figures;

/// <summary>The front of sub-networks by measured latency, in each precision (figure 13 of the paper, with bfloat16 and int8 in the place of its int8 and int4).</summary>
internal static class LatencyFigures
{
    public static IEnumerable<StudyFigure> Draw(StudyView view) => view.Latencies.Select(pair => Figure(view, pair.Key, pair.Value));

    private static StudyFigure Figure(StudyView view, string setting, IReadOnlyList<StudyLatency> latencies)
    {
        string metric = view.Searches.First(search => search.Setting == setting).Metric;
        var chart = new ScatterChart
        {
            Title = $"Error against latency by precision: {setting}",
            Description = $"Sub-networks on the front of error and parameters (seed {view.Plan.Seeds[0]}), one example of median length on one thread.",
            X = new Axis("Latency", "ms") { Min = 0 },
            Y = new Axis($"Validation error (1 - {metric})"),
            Groups =
            [
                .. latencies.GroupBy(latency => latency.Precision).Select(group => new Series(
                    group.Key,
                    [.. group.OrderBy(latency => latency.Milliseconds).Select(latency => new ChartPoint(latency.Milliseconds, latency.Error))])),
            ],
        };
        return new StudyFigure($"latency_{setting.Replace(", ", "_", StringComparison.Ordinal)}", "Latency and precision", chart, StudyFigure.Table(
            "precision,sub_network,milliseconds,error",
            latencies.Select<StudyLatency, FormattableString>(latency => $"{latency.Precision},\"{latency.SubNetwork}\",{latency.Milliseconds:R},{latency.Error:R}")));
    }
}
