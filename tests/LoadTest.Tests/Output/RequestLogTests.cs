using System.Text;
using Endpoints.LoadTest.Measuring;
using Endpoints.LoadTest.Output;
using Endpoints.LoadTest.Targets;
using Endpoints.LoadTest.Tests.Support;
using Endpoints.LoadTest.Users;

namespace Endpoints.LoadTest.Tests.Output;

public sealed class RequestLogTests
{
    private readonly ManualClock _clock = new();
    private readonly TargetUnderTest _target;

    public RequestLogTests() => _target = new TargetUnderTest(
        new LoadTarget("a,\"b\"", new Uri("http://h/")), new Questions(Sample.Pairs, RequestForm.Pairs, 1), _clock)
    {
        Stage = 3,
    };

    [Fact]
    public async Task Note_Attempts_AreLinesWithoutTexts()
    {
        using var stream = new MemoryStream();
        var log = new RequestLog(stream, 10, _clock, _clock.GetTimestamp());
        long planned = _clock.GetTimestamp() + (2 * TimeSpan.TicksPerMillisecond);
        Question question = Question.From(Sample.Pairs[1], RequestForm.Pairs) with { Pair = 1 };

        log.Note(_target, question, 0, planned, planned + 50, new Answer(Outcome.Throttled, TimeSpan.FromMicroseconds(700)) { Status = 429 });
        log.Note(_target, question, 1, planned, planned + 90, new Answer(Outcome.Ok, TimeSpan.FromMicroseconds(800), Correct: true) { Status = 200, Difference = 0.25, Timing = new ServerTiming(11, 22, 40) });
        await log.DisposeAsync();

        string text = Encoding.UTF8.GetString(stream.ToArray());
        Assert.Equal(
            RequestLog.Header + "\"a,\"\"b\"\"\",3,2,1,2000,2005,2705,throttled,429,,,,\n\"a,\"\"b\"\"\",3,2,2,2000,2009,2809,ok,200,1,0.25,11,22\n", text);
        Assert.Equal(new RequestLogFigures(2, 0), log.Figures);
    }

    [Fact]
    public async Task Note_DiskStandsStill_DropsAndCountsAndNeverWaits()
    {
        var stream = new StandingStream();
        var log = new RequestLog(stream, 100, _clock, 0);
        Question question = Question.From(Sample.Pairs[0], RequestForm.Pairs);
        int noted = 0;
        for (; !stream.Writing.Task.IsCompleted; noted++)
        {
            log.Note(_target, question, 0, 0, 0, new Answer(Outcome.Ok, default));
        }

        // It stands: 100 more may wait, all others are dropped at once.
        long before = log.Figures.Dropped;
        for (int i = 0; i < 1_000; i++, noted++)
        {
            log.Note(_target, question, 0, 0, 0, new Answer(Outcome.Ok, default));
        }

        long dropped = log.Figures.Dropped - before;
        stream.GoOn.SetResult();
        await log.DisposeAsync();

        Assert.InRange(dropped, 900, 1_000);
        Assert.Equal(noted, log.Figures.Written + log.Figures.Dropped);
    }

    [Fact]
    public async Task Note_DiskFull_TheTestGoesOnAndTheLogSaysSo()
    {
        var log = new RequestLog(new FullStream(), 100_000, _clock, 0);
        for (int i = 0; i < 50_000; i++)
        {
            log.Note(_target, Question.From(Sample.Pairs[0], RequestForm.Pairs), 0, 0, 0, new Answer(Outcome.Ok, default));
        }

        await log.DisposeAsync();

        Assert.Equal("disk full", log.Figures.Problem);
        Assert.True(log.Figures.Dropped > 0);
    }

    private sealed class FullStream : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("disk full");

        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("disk full");

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("disk full");
    }

    private sealed class StandingStream : MemoryStream
    {
        public TaskCompletionSource Writing { get; } = new();

        public TaskCompletionSource GoOn { get; } = new();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Writing.TrySetResult();
            GoOn.Task.Wait();
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }
    }
}
