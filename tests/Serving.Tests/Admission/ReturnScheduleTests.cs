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
        var told = new List<int>();
        for (int tenth = 0; tenth < 10; tenth++)
        {
            told.AddRange(Enumerable.Range(0, 3).Select(_ => schedule.Next(TimeSpan.FromMilliseconds(20), rows: 1, rowsPerSecond: 40)));
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        // Four in each second: of those from the first tenths one each, for a tenth takes one where the second has room; the later ones find the first seconds taken.
        Assert.Equal([1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 4, 5, 6], told[..15]);
        Assert.Equal(30, told.Count);
    }

    [Fact]
    public void Next_AllInOneInstant_AreNoMoreThanAFifthOfWhatATenthOfASecondAnswersInEach()
    {
        var schedule = new ReturnSchedule(_time);
        Assert.Equal([.. Enumerable.Repeat(1, 20), .. Enumerable.Repeat(2, 20), .. Enumerable.Repeat(3, 5)], Told(schedule, 45, rowsPerSecond: 1_000));
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal([.. Enumerable.Repeat(1, 20), 2], Told(schedule, 21, rowsPerSecond: 1_000));
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
        Assert.Equal([2, 3, 4], Three(3));
        _time.Advance(TimeSpan.FromMilliseconds(100));

        // Ten rows in each second: the second one has three, the last ones too, and the first one more than it should.
        Assert.Equal([2, 3, 4, 5], Three(4));
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal([2, 3, 4, 5], Three(4));
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal([5, 6], Three(2));

        int[] Three(int count) => [.. Enumerable.Range(0, count).Select(_ => schedule.Next(TimeSpan.Zero, rows: 3, rowsPerSecond: 100))];
    }

    private static int[] Told(ReturnSchedule schedule, int count, double rowsPerSecond) =>
        [.. Enumerable.Range(0, count).Select(_ => schedule.Next(TimeSpan.FromMilliseconds(20), rows: 1, rowsPerSecond))];
}
