using Endpoints.Serving.Batching;
using Endpoints.Serving.Tests.Support;

namespace Endpoints.Serving.Tests.Batching;

public sealed class LaneClockTests
{
    [Fact]
    public void UntilFree_SeveralLanes_IsTheSoonest()
    {
        var time = new ManualTimeProvider();
        var clock = new LaneClock(2, time);
        Assert.Equal(TimeSpan.Zero, clock.UntilFree());

        clock.Start(0, TimeSpan.FromMilliseconds(50));
        Assert.Equal(TimeSpan.Zero, clock.UntilFree());

        clock.Start(1, TimeSpan.FromMilliseconds(20));
        Assert.Equal(TimeSpan.FromMilliseconds(20), clock.UntilFree());

        time.Advance(TimeSpan.FromMilliseconds(5));
        Assert.Equal(TimeSpan.FromMilliseconds(15), clock.UntilFree());

        clock.Stop(1);
        Assert.Equal(TimeSpan.Zero, clock.UntilFree());
    }

    [Fact]
    public void UntilFree_LaneOverdue_IsZero()
    {
        var time = new ManualTimeProvider();
        var clock = new LaneClock(1, time);
        clock.Start(0, TimeSpan.FromMilliseconds(10));

        time.Advance(TimeSpan.FromMilliseconds(11));

        Assert.Equal(TimeSpan.Zero, clock.UntilFree());
    }
}
