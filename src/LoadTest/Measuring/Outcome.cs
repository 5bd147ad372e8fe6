namespace Endpoints.LoadTest.Measuring;

/// <summary>How a request ended. Counts and latencies of different outcomes are never mixed.</summary>
public enum Outcome
{
    /// <summary>Answered with a 2xx status and, for a labelled pair, JSON that holds a label (right or not).</summary>
    Ok,

    /// <summary>Answered 429: the server turned it away to protect itself.</summary>
    Throttled,

    /// <summary>Not answered in time.</summary>
    TimedOut,

    /// <summary>Not answered at all: no connection, or the connection broke before the answer was complete.</summary>
    Refused,

    /// <summary>Answered, but with another status, or without the label that was asked for.</summary>
    Wrong,
}
