using Endpoints.LoadTest.Measuring;
using Endpoints.LoadTest.Users;

namespace Endpoints.LoadTest.Tests.Support;

/// <summary>A server without a network: each question takes the time that the test says, on the test's clock, so that a whole stage is one simulation.</summary>
internal sealed class FakeServer(ManualClock clock, Func<TimeSpan, TimeSpan> serviceAt)
{
    private readonly long _start = clock.GetTimestamp();

    /// <summary>Outcome of the n-th attempt, from 0.</summary>
    public Func<int, Answer> Answers { get; set; } = _ => new Answer(Outcome.Ok, default, 10, true);

    public int Attempts { get; private set; }

    public int Connections { get; private set; }

    public IAsker Connect()
    {
        Connections++;
        return new Connection(this, clock);
    }

    /// <summary>Moves the clock until a run is over.</summary>
    public async Task<T> SimulateAsync<T>(Task<T> run)
    {
        while (!run.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        return await run;
    }

    private TimeSpan TimeOf(long sent) => serviceAt(clock.GetElapsedTime(_start, sent));

    private sealed class Connection(FakeServer server, ManualClock clock) : IAsker
    {
        public async Task<Answer?> AskAsync(Question question)
        {
            long sent = clock.GetTimestamp();
            Answer answer = server.Answers(server.Attempts++);
            await Task.Delay(server.TimeOf(sent), clock);
            return answer with { Latency = clock.GetElapsedTime(sent) };
        }

        public void Dispose()
        {
        }
    }
}
