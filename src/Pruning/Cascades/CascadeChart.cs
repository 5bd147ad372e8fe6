using System.Globalization;
using Endpoints.Charts;

namespace Endpoints.Pruning.Cascades;

/// <summary>A cascade's accuracy by the share of examples that its large network computes, as a picture.</summary>
public static class CascadeChart
{
    /// <summary>Draws a report.</summary>
    public static LineChart Of(CascadeReport report)
    {
        ChartPoint[] accuracy = [.. report.Points.Reverse().Select(point => new ChartPoint(100 * point.Escalated, 100 * point.Accuracy, string.Create(
            CultureInfo.InvariantCulture,
            $"threshold {point.Threshold:0.####}: {100 * point.Escalated:0.0} % go on, accuracy {100 * point.Accuracy:0.0} %, {100 * point.Cost:0} % of the large network's time")))];
        ChartPoint[] promised = [.. report.Points.Reverse().Select(point => new ChartPoint(100 * point.Escalated, 100 * (report.LargeAccuracy - point.LossBound)))];
        return new LineChart
        {
            Title = "Accuracy by the share that goes on to the large network",
            Description = string.Create(
                CultureInfo.InvariantCulture,
                $"From the small network alone ({100 * report.SmallAccuracy:0.0} %) to the large one ({100 * report.LargeAccuracy:0.0} %), on {report.Examples} {report.Split} examples of {report.Task}."),
            X = new Axis("Computed by the large network", "%") { Min = 0, Max = 100 },
            Y = new Axis("Accuracy", "%"),
            Series =
            [
                new Series("Cascade", accuracy),
                new Series(string.Create(CultureInfo.InvariantCulture, $"At least, with {100 * report.Confidence:0.#} % confidence"), promised) { Color = 0, Dashed = true },
                new Series("Promise", [new(0, 100 * (report.LargeAccuracy - report.MaxLoss)), new(100, 100 * (report.LargeAccuracy - report.MaxLoss))]) { Color = 1 },
            ],
            Markers = report.Chosen is { } chosen ? [new Marker(100 * chosen.Escalated, "chosen")] : [],
        };
    }
}
