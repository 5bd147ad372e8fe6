using Endpoints.Serving.Access;
using Endpoints.Serving.Tests.Support;

namespace Endpoints.Serving.Tests.Access;

public sealed class TokenBucketTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Take_MoreThanIsLeft_TakesNothingAndSaysWhenThereWillBeEnough()
    {
        var bucket = new TokenBucket(limit: 3, perSecond: 2, _time);
        Assert.All(Enumerable.Range(0, 3), _ => Assert.Equal(TimeSpan.Zero, bucket.Take(1)));

        Assert.Equal(TimeSpan.FromSeconds(0.5), bucket.Take(1));
        Assert.Equal(TimeSpan.FromSeconds(0.5), bucket.Take(1));
        _time.Advance(TimeSpan.FromSeconds(0.25));
        Assert.Equal(TimeSpan.FromSeconds(0.25), bucket.Take(1));
        _time.Advance(TimeSpan.FromSeconds(0.25));
        Assert.Equal(TimeSpan.Zero, bucket.Take(1));
    }

    [Fact]
    public void Left_AfterALongPause_IsTheLimit()
    {
        var bucket = new TokenBucket(limit: 3, perSecond: 2, _time);
        bucket.Charge(1);
        Assert.Equal(2, bucket.Left, 1e-9);

        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(3, bucket.Left, 1e-9);
        Assert.Equal(1.5, bucket.Window, 1e-9);
    }

    [Fact]
    public void Charge_BelowZero_MustFillUpFirst()
    {
        var bucket = new TokenBucket(limit: 1, perSecond: 1, _time);
        bucket.Charge(5);

        TimeSpan wait = bucket.UntilPositive();

        Assert.Equal(4.001, wait.TotalSeconds, 1e-6);
        _time.Advance(wait - TimeSpan.FromMilliseconds(1));
        Assert.NotEqual(TimeSpan.Zero, bucket.UntilPositive());
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(TimeSpan.Zero, bucket.UntilPositive());
    }

    [Fact]
    public void Take_FromManyThreads_NeverGivesMoreThanThereIs()
    {
        var bucket = new TokenBucket(limit: 1_000, perSecond: 1, _time);
        int taken = 0;

        Parallel.For(0, 5_000, _ => Interlocked.Add(ref taken, bucket.Take(1) == TimeSpan.Zero ? 1 : 0));

        Assert.Equal(1_000, taken);
    }
}
