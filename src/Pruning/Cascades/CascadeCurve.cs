using Endpoints.Bert.Cascades;
using Endpoints.Pruning.Batches;
using Endpoints.Pruning.Statistics;

namespace Endpoints.Pruning.Cascades;

/// <summary>What a cascade loses and costs by its threshold, from the one that sends every example on to the one that sends none.</summary>
/// <remarks>
/// Thresholds are tried in this fixed order, the safest first, and the last one before the first that fails is chosen: fixed sequence testing, so that the
/// promise holds with its confidence although many thresholds were looked at (Angelopoulos et al., "Learn then Test", 2021). A point's bound is therefore the
/// largest of its own and of those before it. The thresholds are quantiles of the margins, which do not depend on what is right.
/// </remarks>
internal static class CascadeCurve
{
    private const int Steps = 200;

    /// <summary>The points, from the largest threshold to the smallest.</summary>
    public static IReadOnlyList<CascadePoint> Of(CascadeAnswers answers, double temperature, double confidence)
    {
        int count = answers.Targets.Length, labels = answers.LabelCount;
        double[] margins = [.. Enumerable.Range(0, count).Select(i => Margin.Of(answers.Small.AsSpan(i * labels, labels), temperature))];
        int[] order = [.. Enumerable.Range(0, count).OrderBy(i => margins[i])]; // those without a margin first: they always go on
        float[] small = Evaluator.Predictions(answers.Small, labels), large = Evaluator.Predictions(answers.Large, labels);
        int largeRight = large.Zip(answers.Targets).Count(pair => pair.First == pair.Second);

        var points = new List<CascadePoint>();
        (int onlyLarge, int onlySmall, int next) = (0, 0, count);
        double bound = double.NegativeInfinity;
        foreach (double threshold in Thresholds(margins, order))
        {
            // From here on the small network's answer stands for these too.
            while (next > 0 && margins[order[next - 1]] >= threshold)
            {
                int i = order[--next];
                bool isRight = small[i] == answers.Targets[i], isLargeRight = large[i] == answers.Targets[i];
                onlyLarge += isLargeRight && !isRight ? 1 : 0;
                onlySmall += isRight && !isLargeRight ? 1 : 0;
            }

            bound = Math.Max(bound, PairedLoss.UpperBound(onlyLarge, onlySmall, count, confidence));
            double escalated = (double)next / count, loss = (double)(onlyLarge - onlySmall) / count;
            points.Add(new CascadePoint(
                threshold, escalated, (double)(largeRight - onlyLarge + onlySmall) / count, loss, bound, answers.SmallCost + (escalated * answers.AgainCost)));
        }

        return points;
    }

    /// <summary>1, then the margins at which a share of the examples goes on, in steps of half a percent, then 0; each once.</summary>
    private static IEnumerable<double> Thresholds(double[] margins, int[] order) => Enumerable.Range(0, Steps)
        .Select(step => margins[order[(int)((long)(order.Length - 1) * (Steps - step) / Steps)]])
        .Where(margin => margin is >= 0 and < 1)
        .Prepend(1)
        .Append(0)
        .Distinct();
}
