using Endpoints.Pruning.Fronts;
using Endpoints.Pruning.Statistics;

namespace Endpoints.Pruning.Tests.Statistics;

public sealed class PairedLossTests
{
    [Theory]
    [InlineData(500, 0.95, 2.705543454095465)]
    [InlineData(40, 0.99, 5.411894431054342)]
    public void UpperBound_NoDisagreement_IsOfTheSizeOfOneExampleOrTwo(int count, double confidence, double square) =>
        Assert.Equal(square / (count + square), PairedLoss.UpperBound(0, 0, count, confidence), 1e-9);

    [Theory]
    [InlineData(9, 2, 300)]
    [InlineData(3, 12, 200)]
    [InlineData(1, 0, 50)]
    public void UpperBound_AnyCounts_IsWhereTheScoreIsTheQuantile(int onlyReference, int onlyNetwork, int count)
    {
        double bound = PairedLoss.UpperBound(onlyReference, onlyNetwork, count, 0.95);

        // The nuisance parameter by brute force: what makes these counts most likely, were the bound the true difference.
        double best = double.NegativeInfinity, q = 0;
        for (int step = 1; step < 400_000; step++)
        {
            double p21 = Math.Max(0, -bound) + (step / 400_000.0 * (1 - Math.Abs(bound)) / 2), p12 = p21 + bound;
            double likelihood = (onlyReference * Math.Log(p12)) + (onlyNetwork == 0 ? 0 : onlyNetwork * Math.Log(p21)) + ((count - onlyReference - onlyNetwork) * Math.Log(1 - p12 - p21));
            (best, q) = likelihood > best ? (likelihood, p21) : (best, q);
        }

        double score = (onlyReference - onlyNetwork - (count * bound)) / Math.Sqrt(count * ((2 * q) + (bound * (1 - bound))));
        Assert.Equal(0.05, NormalDistribution.Cumulative(score), 1e-3);
    }

    [Theory]
    [InlineData(1000, 0.02, 0.01)]
    [InlineData(1000, 0.004, 0)]
    [InlineData(300, 0.05, 0.05)]
    [InlineData(300, 0.01, 0.03)]
    public void UpperBound_ManySamples_HoldsItsLevel(int count, double onlyReference, double onlyNetwork)
    {
        const int samples = 4000;
        var random = new Random(5);
        int held = 0;
        for (int sample = 0; sample < samples; sample++)
        {
            (int x12, int x21) = (0, 0);
            for (int i = 0; i < count; i++)
            {
                double draw = random.NextDouble();
                x12 += draw < onlyReference ? 1 : 0;
                x21 += draw >= onlyReference && draw < onlyReference + onlyNetwork ? 1 : 0;
            }

            held += PairedLoss.UpperBound(x12, x21, count, 0.95) >= onlyReference - onlyNetwork ? 1 : 0;
        }

        Assert.InRange(held / (double)samples, 0.93, 0.985);
    }

    [Fact]
    public void Interval_NoDisagreement_IsAsWideToBothSides()
    {
        const double square = 3.841458820694124; // of the 97.5 % point of the normal distribution
        ConfidenceInterval interval = PairedLoss.Interval(0, 0, 500);
        Assert.Equal(square / (500 + square), interval.High, 1e-9);
        Assert.Equal(-interval.High, interval.Low);
    }

    [Theory]
    [InlineData(18, 3, 1000)]
    [InlineData(2, 9, 300)]
    public void Interval_AnyCounts_IsTheMirrorImageOfTheCountsExchanged(int onlyReference, int onlyNetwork, int count)
    {
        ConfidenceInterval interval = PairedLoss.Interval(onlyReference, onlyNetwork, count), mirrored = PairedLoss.Interval(onlyNetwork, onlyReference, count);
        double difference = (double)(onlyReference - onlyNetwork) / count;

        Assert.True(interval.Low < difference && difference < interval.High, $"{interval}");
        Assert.Equal((-interval.High, -interval.Low), (mirrored.Low, mirrored.High));
        Assert.True(PairedLoss.UpperBound(onlyReference, onlyNetwork, count, 0.95) < interval.High);
    }

    [Theory]
    [InlineData(0.005, 0.95)]
    [InlineData(0.01, 0.95)]
    [InlineData(0.1, 0.99)]
    public void LeastExamples_OfALoss_IsTheFirstCountThatCanShowIt(double loss, double confidence)
    {
        int least = PairedLoss.LeastExamples(loss, confidence);
        Assert.True(PairedLoss.UpperBound(0, 0, least, confidence) <= loss);
        Assert.True(PairedLoss.UpperBound(0, 0, least - 1, confidence) > loss);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void UpperBound_NoConfidence_IsRefused(double confidence) =>
        Assert.Contains("above 0.5 and below 1", Assert.Throws<ArgumentException>(() => PairedLoss.UpperBound(1, 1, 10, confidence)).Message, StringComparison.Ordinal);
}
