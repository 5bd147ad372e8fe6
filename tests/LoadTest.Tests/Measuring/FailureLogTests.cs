using Endpoints.LoadTest.Measuring;

namespace Endpoints.LoadTest.Tests.Measuring;

public sealed class FailureLogTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Note_SameReason_CountsAndKeepsFirstAndLast()
    {
        var log = new FailureLog();
        log.Note("rare", null, Start);
        log.Note("often", null, Start);
        log.Note("often", null, Start.AddSeconds(7));

        Assert.Equal(new FailureLog.Failure("often", 2, Start, Start.AddSeconds(7), null), log.All[0]);
        Assert.Equal("rare", log.All[1].Reason);
    }

    [Fact]
    public void Note_EndlessReasons_StaysBoundedAndLosesNoCount()
    {
        var log = new FailureLog();
        for (int i = 0; i < 5000; i++)
        {
            log.Note($"reason {i}", null, Start);
        }

        Assert.InRange(log.All.Count, 1, 300);
        Assert.Equal(5000, log.All.Sum(failure => failure.Count));
    }
}
