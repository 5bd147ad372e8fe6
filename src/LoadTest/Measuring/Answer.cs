namespace Endpoints.LoadTest.Measuring;

/// <summary>What came of one request.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Latency">From when it was to be sent to the last byte of the answer, or to giving up.</param>
/// <param name="Bytes">Size of the answer's body.</param>
/// <param name="Correct">Is the answer the right one? Null where that is not known.</param>
/// <param name="Error">Why it is not <see cref="Outcome.Ok"/>, in a few words; null when it is.</param>
/// <param name="Exception">What the HTTP client threw, if it did.</param>
internal readonly record struct Answer(
    Outcome Outcome, TimeSpan Latency, long Bytes = 0, bool? Correct = null, string? Error = null, Exception? Exception = null)
{
    /// <summary>Where the server spent the time, as it says itself; null when it does not.</summary>
    public ServerTiming? Timing { get; init; }

    /// <summary>HTTP status; 0 when there was no answer.</summary>
    public int Status { get; init; }

    /// <summary>Tells the label of an answer from other labels; 0 when it has none.</summary>
    public ulong Label { get; init; }

    /// <summary>The largest difference between its scores and the reference's; null when they were not compared.</summary>
    public double? Difference { get; init; }

    /// <summary>How it compares with the first answer to the same question; null when there was none, or one of the two has no label.</summary>
    public AnswerChange? Change { get; init; }

    /// <summary>May another attempt end better? So it is with what a client of good manners tries again: throttled, refused, timed out, 5xx.</summary>
    public bool MayRetry { get; init; }
}
