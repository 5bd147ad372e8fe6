namespace Endpoints.Pruning.Runs.Storage.Postgres;

/// <summary>
/// Says again and again, from a timer, that a claim's worker lives. A beat that fails is followed by the next: while the database is away, nobody
/// else can take the claim either.
/// </summary>
internal sealed class Heartbeat : IDisposable
{
    /// <summary>A claim outlives that many lost beats.</summary>
    private const int BeatsPerLimit = 4;

    private readonly Action _beat;
    private readonly TimeSpan _interval;
    private readonly ITimer _timer;
    private readonly Lock _beating = new();
    private bool _stopped;

    public Heartbeat(Action beat, TimeSpan limit, TimeProvider time)
    {
        (_beat, _interval) = (beat, limit / BeatsPerLimit);
        _timer = time.CreateTimer(_ => Beat(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(_interval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Stops; no beat is under way when this returns.</summary>
    public void Dispose()
    {
        lock (_beating)
        {
            _stopped = true;
        }

        _timer.Dispose();
    }

    private void Beat()
    {
        lock (_beating)
        {
            if (_stopped)
            {
                return;
            }

            try
            {
                _beat();
            }
            catch (IOException)
            {
            }

            _timer.Change(_interval, Timeout.InfiniteTimeSpan);
        }
    }
}
