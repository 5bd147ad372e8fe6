namespace Endpoints.LoadTest.Measuring;

/// <summary>Counts answers by outcome. Any number of threads may record at once.</summary>
internal sealed class Recorder
{
    private readonly LatencyHistogram[] _latencies = [.. Enum.GetValues<Outcome>().Select(_ => new LatencyHistogram())];
    private long _bytes;
    private long _scored;
    private long _correct;

    /// <summary>Body bytes of all answers.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Answers that could be compared with a label.</summary>
    public long Scored => Volatile.Read(ref _scored);

    /// <summary>Answers that agreed with it.</summary>
    public long Correct => Volatile.Read(ref _correct);

    /// <summary>Number of requests, whatever their outcome.</summary>
    public long Requests => _latencies.Sum(latency => latency.Count);

    /// <summary>Number of requests that were not <see cref="Outcome.Ok"/>.</summary>
    public long Failures => Requests - this[Outcome.Ok].Count;

    public LatencyHistogram this[Outcome outcome] => _latencies[(int)outcome];

    public void Record(Answer answer)
    {
        this[answer.Outcome].Record((long)answer.Latency.TotalMicroseconds);
        Interlocked.Add(ref _bytes, answer.Bytes);
        if (answer.Correct is { } correct)
        {
            Interlocked.Increment(ref _scored);
            Interlocked.Add(ref _correct, correct ? 1 : 0);
        }
    }

    /// <summary>A copy that stays as it is.</summary>
    public Recorder Copy()
    {
        var copy = new Recorder { _bytes = Bytes, _scored = Scored, _correct = Correct };
        for (int i = 0; i < _latencies.Length; i++)
        {
            copy._latencies[i].Add(_latencies[i]);
        }

        return copy;
    }
}
