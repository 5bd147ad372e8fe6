using Endpoints.LoadTest.Tests.Support;
using Endpoints.LoadTest.Wire;

namespace Endpoints.LoadTest.Tests.Wire;

public sealed class RequestWatchTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly CancellationTokenSource _interruption = new();
    private readonly RequestWatch _watch;
    private int _closed;

    public RequestWatchTests() => _watch = new RequestWatch(TimeSpan.FromSeconds(10), _clock, _interruption.Token, () => _closed++);

    public void Dispose()
    {
        _watch.Dispose();
        _interruption.Dispose();
    }

    [Fact]
    public void Stop_ManyRequestsInTime_NoneIsEnded()
    {
        for (int i = 0; i < 100; i++)
        {
            Assert.True(_watch.Start(_clock.GetTimestamp()));
            _clock.Advance(TimeSpan.FromSeconds(7));
            Assert.Equal(WatchEnd.InTime, _watch.Stop());
            _clock.Advance(TimeSpan.FromSeconds(i % 13));
        }

        Assert.Equal(0, _closed);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9_999)]
    [InlineData(10_000)]
    [InlineData(25_500)]
    public void Stop_RequestThatTakesTooLong_IsEndedAtItsOwnLimit(int earlierMs)
    {
        _watch.Start(_clock.GetTimestamp());
        _watch.Stop();
        _clock.Advance(TimeSpan.FromMilliseconds(earlierMs));
        _watch.Start(_clock.GetTimestamp());

        _clock.Advance(TimeSpan.FromMilliseconds(9_999));
        Assert.Equal(0, _closed);
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(1, _closed);
        Assert.Equal(WatchEnd.Late, _watch.Stop());
        Assert.True(_watch.Start(_clock.GetTimestamp()));
        Assert.Equal(WatchEnd.InTime, _watch.Stop());
    }

    [Fact]
    public async Task Stop_Interrupted_EndsTheRequestAndStartsNoOther()
    {
        _watch.Start(_clock.GetTimestamp());
        await _interruption.CancelAsync();

        Assert.Equal(1, _closed);
        Assert.Equal(WatchEnd.Interrupted, _watch.Stop());
        Assert.False(_watch.Start(_clock.GetTimestamp()));
    }
}
