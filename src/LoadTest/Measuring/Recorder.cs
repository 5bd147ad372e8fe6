namespace Endpoints.LoadTest.Measuring;

/// <summary>Counts answers by outcome. Any number of threads may record at once.</summary>
internal sealed class Recorder
{
    private readonly LatencyHistogram[] _latencies = [.. Enum.GetValues<Outcome>().Select(_ => new LatencyHistogram())];
    private readonly long[] _attempts = new long[Enum.GetValues<Outcome>().Length];
    private readonly long[] _changes = new long[Enum.GetValues<AnswerChange>().Length];
    private long _planned;
    private long _bytes;
    private long _scored;
    private long _correct;
    private long _compared;
    private long _beyond;
    private double _worst;

    /// <summary>Body bytes of all answers.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Answers that could be compared with a label.</summary>
    public long Scored => Volatile.Read(ref _scored);

    /// <summary>Answers that agreed with it.</summary>
    public long Correct => Volatile.Read(ref _correct);

    /// <summary>Answers whose scores were compared with a reference.</summary>
    public long Compared => Volatile.Read(ref _compared);

    /// <summary>Those among them that were further from it than the tolerance.</summary>
    public long Beyond => Volatile.Read(ref _beyond);

    /// <summary>The largest difference from the reference.</summary>
    public double Worst => Volatile.Read(ref _worst);

    /// <summary>Answers that compare so with the first one to the same question.</summary>
    public long Changes(AnswerChange change) => Volatile.Read(ref _changes[(int)change]);

    /// <summary>Number of requests, whatever their outcome; what was tried again is one request.</summary>
    public long Requests => _latencies.Sum(latency => latency.Count);

    /// <summary>Number of requests that were not <see cref="Outcome.Ok"/>.</summary>
    public long Failures => Requests - this[Outcome.Ok].Count;

    /// <summary>How much later than planned requests were sent, where a time was planned.</summary>
    public LatencyHistogram Lag { get; } = new();

    /// <summary>Requests whose time had come in an open loop, sent or not.</summary>
    public long Planned => Volatile.Read(ref _planned);

    /// <summary>Time that answered requests waited in the server, as it says itself.</summary>
    public LatencyHistogram Queue { get; } = new();

    /// <summary>Time that answered requests were computed.</summary>
    public LatencyHistogram Compute { get; } = new();

    /// <summary>Time of answered requests outside the server: network, kernels, and the tester itself.</summary>
    public LatencyHistogram Network { get; } = new();

    public LatencyHistogram this[Outcome outcome] => _latencies[(int)outcome];

    /// <summary>Attempts that ended so; without retries as many as requests.</summary>
    public long Attempts(Outcome outcome) => Volatile.Read(ref _attempts[(int)outcome]);

    public void Record(Answer answer)
    {
        this[answer.Outcome].Record((long)answer.Latency.TotalMicroseconds);
        Interlocked.Add(ref _bytes, answer.Bytes);
        if (answer.Correct is { } correct)
        {
            Interlocked.Increment(ref _scored);
            Interlocked.Add(ref _correct, correct ? 1 : 0);
        }

        if (answer.Change is { } change)
        {
            Interlocked.Increment(ref _changes[(int)change]);
        }

        if (answer.Difference is { } difference)
        {
            Interlocked.Increment(ref _compared);
            Interlocked.Add(ref _beyond, answer.Outcome == Outcome.Ok ? 0 : 1);
            RaiseWorst(difference);
        }
    }

    /// <summary>Counts a request of an open loop whose time has come, so many µs ago.</summary>
    public void RecordPlanned(long late)
    {
        Interlocked.Increment(ref _planned);
        Lag.Record(late);
    }

    /// <summary>Counts an attempt, whose own latency is not that of the request when it was tried before or sent late.</summary>
    public void RecordAttempt(Answer attempt)
    {
        Interlocked.Increment(ref _attempts[(int)attempt.Outcome]);
        if (attempt is { Outcome: Outcome.Ok, Timing: { } timing })
        {
            Queue.Record(timing.Queue);
            Compute.Record(timing.Compute);
            Network.Record((long)attempt.Latency.TotalMicroseconds - timing.Total);
        }
    }

    /// <summary>Adds all that another one has counted.</summary>
    public void Add(Recorder other)
    {
        for (int i = 0; i < _latencies.Length; i++)
        {
            _latencies[i].Add(other._latencies[i]);
            Interlocked.Add(ref _attempts[i], Volatile.Read(ref other._attempts[i]));
        }

        Lag.Add(other.Lag);
        Queue.Add(other.Queue);
        Compute.Add(other.Compute);
        Network.Add(other.Network);
        Interlocked.Add(ref _planned, other.Planned);
        Interlocked.Add(ref _bytes, other.Bytes);
        Interlocked.Add(ref _scored, other.Scored);
        Interlocked.Add(ref _correct, other.Correct);
        Interlocked.Add(ref _compared, other.Compared);
        Interlocked.Add(ref _beyond, other.Beyond);
        RaiseWorst(other.Worst);
        for (int i = 0; i < _changes.Length; i++)
        {
            Interlocked.Add(ref _changes[i], Volatile.Read(ref other._changes[i]));
        }
    }

    /// <summary>A copy that stays as it is.</summary>
    public Recorder Copy()
    {
        var copy = new Recorder();
        copy.Add(this);
        return copy;
    }

    private void RaiseWorst(double difference)
    {
        double seen = Volatile.Read(ref _worst);
        while (difference > seen)
        {
            double found = Interlocked.CompareExchange(ref _worst, difference, seen);
            if (found == seen)
            {
                return;
            }

            seen = found;
        }
    }
}
