using Endpoints.Pruning.SearchMethods;

namespace Endpoints.Pruning.Tests.SearchMethods;

public sealed class AshaSchedulerTests
{
    [Fact]
    public void Rungs_FiveEpochsByThree_AreOneAndThree()
    {
        Assert.Equal([1, 3], new AshaScheduler(maxEpochs: 5, eta: 3).Rungs);
        Assert.Equal([1, 3], new AshaScheduler(maxEpochs: 9, eta: 3).Rungs);
        Assert.Equal([1, 2, 4, 8], new AshaScheduler(maxEpochs: 10, eta: 2).Rungs);
        Assert.Empty(new AshaScheduler(maxEpochs: 1).Rungs);
    }

    [Fact]
    public void Report_FirstArrival_GoesOnToTheEnd()
    {
        var scheduler = new AshaScheduler();
        Assert.Equal([true, true, true, true, false], Enumerable.Range(1, 5).Select(epoch => scheduler.Report(0, epoch, [1, 1])));
    }

    /// <summary>At the first rung: of n arrivals, those with at most n/3 better ones go on.</summary>
    [Fact]
    public void Report_AtARung_OnlyTheBestThirdGoesOn()
    {
        var scheduler = new AshaScheduler();
        Assert.True(scheduler.Report(0, 1, [5, 5]));
        Assert.False(scheduler.Report(1, 1, [6, 6])); // 1 better of 2
        Assert.False(scheduler.Report(2, 1, [7, 7])); // 2 of 3
        Assert.True(scheduler.Report(3, 1, [4, 4]));  // none
        Assert.True(scheduler.Report(4, 1, [4.5, 4.5])); // 1 of 5
        Assert.True(scheduler.Report(5, 1, [4.8, 4.8])); // 2 of 6
        Assert.False(scheduler.Report(6, 1, [4.9, 4.9])); // 3 of 7
    }

    [Fact]
    public void Report_BetweenRungs_GoesOnAndCountsForNone()
    {
        var scheduler = new AshaScheduler();
        Assert.True(scheduler.Report(0, 2, [1, 1]));
        Assert.True(scheduler.Report(1, 2, [9, 9]));
        Assert.True(scheduler.Report(1, 3, [9, 9]));
        Assert.False(scheduler.Report(2, 3, [10, 10]));
    }

    [Fact]
    public void Report_IncomparableTrials_CountByTheSpreadOfTheirFront()
    {
        var scheduler = new AshaScheduler();
        Assert.True(scheduler.Report(0, 1, [1, 9]));
        Assert.False(scheduler.Report(1, 1, [9, 1])); // same front, but the best in the first objective is before it
        Assert.True(scheduler.Report(2, 1, [0.5, 10]));
    }
}
