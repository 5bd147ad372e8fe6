using Endpoints.Serving.Admission;
using Endpoints.Serving.Tests.Support;

namespace Endpoints.Serving.Tests.Admission;

public sealed class ReturnScheduleTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Next_MoreThanATenthOfWhatASecondAnswers_GoOnToTheNextSeconds()
    {
        var schedule = new ReturnSchedule(_time);
        int[] told = [.. Enumerable.Range(0, 35).Select(_ => schedule.Next(TimeSpan.FromMilliseconds(20), rows: 1, rowsPerSecond: 100))];
        Assert.Equal([.. Enumerable.Repeat(1, 10), .. Enumerable.Repeat(2, 10), .. Enumerable.Repeat(3, 10), .. Enumerable.Repeat(4, 5)], told);
    }

    [Fact]
    public void Next_SecondsHavePassed_TheirPlacesAreFreeAgain()
    {
        var schedule = new ReturnSchedule(_time);
        Assert.Equal([1, 2, 3], Told(schedule, 3, rowsPerSecond: 10));
        _time.Advance(TimeSpan.FromSeconds(2));

        // The third second is the next one now, and is taken.
        Assert.Equal([2, 3], Told(schedule, 2, rowsPerSecond: 10));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal([1, 2], Told(schedule, 2, rowsPerSecond: 10));
    }

    [Fact]
    public void Next_EverySecondIsTaken_IsAMinuteOrWhatTheQueueTakes()
    {
        var schedule = new ReturnSchedule(_time);
        Assert.Equal(Enumerable.Range(1, 59), Told(schedule, 59, rowsPerSecond: 0));
        Assert.Equal([60, 60], Told(schedule, 2, rowsPerSecond: 0));
        Assert.Equal(90, schedule.Next(TimeSpan.FromSeconds(89.5), rows: 1, rowsPerSecond: 1_000));
    }

    [Fact]
    public void Next_ManyRows_TakeAsManyPlacesAndAlwaysFindASecond()
    {
        var schedule = new ReturnSchedule(_time);
        Assert.Equal(1, schedule.Next(TimeSpan.Zero, rows: 64, rowsPerSecond: 100));
        Assert.Equal([2, 2, 2], [.. Enumerable.Range(0, 3).Select(_ => schedule.Next(TimeSpan.Zero, rows: 3, rowsPerSecond: 100))]);
        Assert.Equal(3, schedule.Next(TimeSpan.Zero, rows: 3, rowsPerSecond: 100));
    }

    private static int[] Told(ReturnSchedule schedule, int count, double rowsPerSecond) =>
        [.. Enumerable.Range(0, count).Select(_ => schedule.Next(TimeSpan.FromMilliseconds(20), rows: 1, rowsPerSecond))];
}
