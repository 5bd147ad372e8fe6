using Endpoints.Cli.Commands;
using Endpoints.Compute;
using Endpoints.Pruning.Cascades;
using Endpoints.Pruning.Statistics;

namespace Endpoints.Cli.Tests.Commands;

public sealed class CascadeWordsTests
{
    [Theory]
    [InlineData(0.004, "It loses 0.4 points there, -0.4 to 1.4 with 95 % confidence: the promise of at most 1 is kept there.")]
    [InlineData(0.015, "It loses 1.5 points there, 0.7 to 2.5 with 95 % confidence: the promise of at most 1 lies within that, so 1,000 examples cannot tell whether more is lost.")]
    [InlineData(0.03, "It loses 3.0 points there, 2.2 to 4.0 with 95 % confidence: the promise of at most 1 is below that: the threshold was chosen on examples of another kind, or on one of the few draws that break a promise.")]
    public void Lost_AnyLoss_SaysHowExactlyItIsKnown(double loss, string expected)
    {
        var check = new CascadeCheck("test", 1000, 0.9, 0.9 + loss, 0.1, new ConfidenceInterval(loss - 0.008, loss + 0.01));

        Assert.Equal(expected, CascadeCommand.Lost(Report(check), check));
    }

    [Theory]
    [InlineData(0.99, "")]
    [InlineData(1, " It takes longer than the large network alone: a smaller network, or a larger loss, would pay.")]
    public void Dear_AnyCost_SaysWhereTheLargeNetworkIsQuicker(double cost, string expected) =>
        Assert.Equal(expected, CascadeCommand.Dear(new CascadePoint(0.5, 0.5, 0.9, 0, 0.01, cost)));

    private static CascadeReport Report(CascadeCheck check) => new()
    {
        Task = "demo",
        Split = "calibration",
        Examples = 2000,
        Warnings = [],
        Precision = Precision.Float32,
        SmallAccuracy = 0.88,
        LargeAccuracy = 0.9,
        Temperature = 1,
        MaxLoss = 0.01,
        Confidence = 0.95,
        SmallCost = 0.4,
        AgainCost = 0.6,
        Points = [],
        Chosen = null,
        LeastExamples = 270,
        Check = check,
    };
}
