namespace Endpoints.LoadTest.Measuring;

/// <summary>Requests that failed, by reason, with when it was first and last seen. Any number of threads may note at once.</summary>
internal sealed class FailureLog
{
    /// <summary>Reasons told apart; any more are counted under <see cref="Others"/>, so that memory stays bounded.</summary>
    private const int MaxReasons = 200;

    private const string Others = "other errors";
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Failure> _failures = new(StringComparer.Ordinal);

    /// <summary>All reasons so far, the most frequent first.</summary>
    public IReadOnlyList<Failure> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _failures.Values.OrderByDescending(failure => failure.Count).ThenBy(failure => failure.Reason, StringComparer.Ordinal)];
            }
        }
    }

    public void Note(string reason, Exception? exception, DateTimeOffset now)
    {
        lock (_lock)
        {
            string key = _failures.ContainsKey(reason) || _failures.Count < MaxReasons ? reason : Others;
            _failures[key] = _failures.TryGetValue(key, out Failure? seen)
                ? seen with { Count = seen.Count + 1, LastSeen = now }
                : new Failure(key, 1, now, now, exception);
        }
    }

    /// <summary>A reason, how often and when it was met, and the first exception that told of it.</summary>
    internal sealed record Failure(string Reason, long Count, DateTimeOffset FirstSeen, DateTimeOffset LastSeen, Exception? Exception);
}
