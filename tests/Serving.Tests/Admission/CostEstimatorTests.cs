using Endpoints.Serving.Admission;

namespace Endpoints.Serving.Tests.Admission;

public sealed class CostEstimatorTests
{
    [Fact]
    public void SecondsPerToken_BeforeAnyBatch_IsZero() => Assert.Equal(0, new CostEstimator().SecondsPerToken);

    [Fact]
    public void Observe_FirstBatch_IsTheEstimate()
    {
        var cost = new CostEstimator();

        cost.Observe(100, TimeSpan.FromSeconds(0.2));

        Assert.Equal(0.002, cost.SecondsPerToken, 12);
    }

    [Fact]
    public void Observe_BatchesOfOtherSizes_WeighByTheirTokens()
    {
        var cost = new CostEstimator();

        cost.Observe(1000, TimeSpan.FromSeconds(1));
        cost.Observe(1, TimeSpan.FromSeconds(0.1));

        Assert.Equal((0.9 + 0.1) / 901, cost.SecondsPerToken, 12);
    }

    [Fact]
    public void Observe_CostChanges_IsFollowedWithin30Batches()
    {
        var cost = new CostEstimator();
        cost.Observe(10_000, TimeSpan.FromSeconds(1));

        for (int i = 0; i < 30; i++)
        {
            cost.Observe(10_000, TimeSpan.FromSeconds(3));
        }

        Assert.InRange(cost.SecondsPerToken, 0.000_28, 0.000_3);
    }
}
