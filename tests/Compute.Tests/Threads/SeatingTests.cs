using Endpoints.Compute.Threads;

namespace Endpoints.Compute.Tests.Threads;

public sealed class SeatingTests
{
    private static readonly int[][] FourCores = [[0], [1], [2], [3]];
    private static readonly int[][] FourCoresOfTwo = [[0, 4], [1, 5], [2, 6], [3, 7]];

    [Fact]
    public void Plan_ACoreForEachThread_LeavesItsHyperThreadsToTheScheduler() =>
        Assert.Equal(["0,4 1,5", "2,6 3,7"], Describe(2, 2, FourCoresOfTwo));

    [Fact]
    public void Plan_MoreThreadsThanCores_GivesLogicalProcessorsAndLanesWholeCores() =>
        Assert.Equal(["0 4 1 5", "2 6 3 7"], Describe(2, 4, FourCoresOfTwo));

    [Theory]
    [InlineData(1, 4, true)]
    [InlineData(4, 1, true)]
    [InlineData(1, 3, true)]
    [InlineData(1, 2, false)]
    [InlineData(2, 1, false)]
    [InlineData(1, 1, false)]
    [InlineData(1, 5, false)]
    [InlineData(3, 2, false)]
    public void Plan_AtMostHalfOfTheProcessorsOrMoreThanAll_StaysFree(int teams, int threads, bool isPinned) =>
        Assert.All(Seating.Plan(teams, threads, FourCores, null), seating => Assert.Equal(isPinned ? threads : 0, seating.Seats.Count));

    [Fact]
    public void Plan_UnknownProcessors_StaysFree() => Assert.Equal([""], Describe(1, 2, []));

    [Theory]
    [InlineData("0", "")]
    [InlineData("1", "0 1 2 3")]
    [InlineData("", "0 1 2 3")]
    public void Plan_VariableSet_ZeroTurnsPinningOff(string variable, string expected) =>
        Assert.Equal([expected], Seating.Plan(1, 4, FourCores, variable).Select(Describe));

    [Fact]
    public void Plan_NoTeamOrThread_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Seating.Plan(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Seating.Plan(1, 0));
    }

    [Fact]
    public void TryStay_ProcessorThatIsNotThere_SaysSoAndLeavesTheMask()
    {
        ulong[] before = new ulong[Affinity.Words], after = new ulong[Affinity.Words];
        Affinity.TryRead(before);
        Assert.False(new Seat([64 * Affinity.Words - 1]).TryStay());
        new Seat([64 * Affinity.Words - 1]).Visit();
        Affinity.TryRead(after);
        Assert.Equal(before, after);
    }

    private static IEnumerable<string> Describe(int teams, int threads, int[][] cores) => Seating.Plan(teams, threads, cores, null).Select(Describe);

    private static string Describe(Seating seating) => string.Join(' ', seating.Seats.Select(seat => string.Join(',', seat.Processors)));
}
