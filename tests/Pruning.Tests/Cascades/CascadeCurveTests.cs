using Endpoints.Bert.Cascades;
using Endpoints.Pruning.Cascades;

namespace Endpoints.Pruning.Tests.Cascades;

public sealed class CascadeCurveTests
{
    [Fact]
    public void Of_EveryThreshold_IsTheCascadeRunByHand()
    {
        CascadeAnswers answers = Draw(new Random(3), 300);
        IReadOnlyList<CascadePoint> points = CascadeCurve.Of(answers, temperature: 1.7, confidence: 0.95);

        Assert.True(points.Count > 150);
        Assert.Equal((1, 1), (points[0].Threshold, points[0].Escalated));
        Assert.Equal((0, 0), (points[^1].Threshold, points[^1].Escalated));
        double large = Enumerable.Range(0, 300).Average(i => IsRight(answers.Large, answers, i) ? 1.0 : 0);
        foreach (CascadePoint point in points)
        {
            bool GoesOn(int i) => Margin.Of(answers.Small.AsSpan(2 * i, 2), 1.7) < point.Threshold;
            double accuracy = Enumerable.Range(0, 300).Average(i => IsRight(GoesOn(i) ? answers.Large : answers.Small, answers, i) ? 1.0 : 0);
            double escalated = Enumerable.Range(0, 300).Average(i => GoesOn(i) ? 1.0 : 0);
            Assert.Equal(accuracy, point.Accuracy, 1e-12);
            Assert.Equal(escalated, point.Escalated, 1e-12);
            Assert.Equal(large - accuracy, point.Loss, 1e-12);
            Assert.Equal(0.3 + (0.8 * escalated), point.Cost, 1e-12);
            Assert.True(point.LossBound > point.Loss);
        }

        Assert.Equal(points.Select(point => point.LossBound).Order(), points.Select(point => point.LossBound));
        Assert.Equal(points.Select(point => point.Threshold).OrderDescending(), points.Select(point => point.Threshold));
    }

    [Fact]
    public void Of_SmallNetworkIsNoNumber_ThoseAlwaysGoOn()
    {
        var answers = new CascadeAnswers([float.NaN, 0, 3, 0], [1, 0, 1, 0], [0, 0], 2, 0.3, 1);

        CascadePoint last = CascadeCurve.Of(answers, 1, 0.95)[^1];

        Assert.Equal((0.5, 1), (last.Escalated, last.Accuracy));
    }

    [Fact]
    public void Of_ManyDraws_TheChosenThresholdKeepsItsPromise()
    {
        const double maxLoss = 0.01;
        const int draws = 300;
        var random = new Random(17);
        CascadeAnswers world = Draw(random, 200_000);
        (double Margin, int Loss)[] all = [.. Enumerable.Range(0, 200_000)
            .Select(i => (Margin.Of(world.Small.AsSpan(2 * i, 2)), (IsRight(world.Large, world, i) ? 1 : 0) - (IsRight(world.Small, world, i) ? 1 : 0)))];
        int broken = 0, chosen = 0;
        for (int draw = 0; draw < draws; draw++)
        {
            CascadePoint? point = CascadeCurve.Of(Draw(random, 1200), 1, 0.95).LastOrDefault(point => point.LossBound <= maxLoss);
            chosen += point is { Escalated: < 1 } ? 1 : 0;
            double truth = all.Where(one => one.Margin >= point!.Threshold).Sum(one => one.Loss) / 200_000.0;
            broken += truth > maxLoss ? 1 : 0;
        }

        Assert.True(chosen > 0.9 * draws, $"A threshold was chosen in {chosen} of {draws} draws.");
        Assert.True(broken <= 0.08 * draws, $"The promise was broken in {broken} of {draws} draws.");
    }

    private static bool IsRight(float[] logits, CascadeAnswers answers, int i) => (logits[(2 * i) + 1] > logits[2 * i] ? 1 : 0) == answers.Targets[i];

    /// <summary>The small one is as often right as its margin says; the large one makes most of its mistakes good where it is unsure, and some of its own.</summary>
    private static CascadeAnswers Draw(Random random, int count)
    {
        float[] small = new float[2 * count], large = new float[2 * count], targets = new float[count];
        for (int i = 0; i < count; i++)
        {
            double logit = 6 * random.NextDouble();
            bool isRight = random.NextDouble() < 1 / (1 + Math.Exp(-logit)), isLargeRight = isRight ? random.NextDouble() < 0.97 : random.NextDouble() < 0.8;
            int label = targets[i] == 0 && random.Next(2) == 1 ? 1 : 0;
            targets[i] = label;
            small[(2 * i) + (isRight ? label : 1 - label)] = (float)logit;
            large[(2 * i) + (isLargeRight ? label : 1 - label)] = 1;
        }

        return new(small, large, targets, 2, 0.3, 0.8);
    }
}
