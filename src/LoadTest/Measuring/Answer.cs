namespace Endpoints.LoadTest.Measuring;

/// <summary>What came of one request.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Latency">From just before sending to the last byte of the answer, or to giving up.</param>
/// <param name="Bytes">Size of the answer's body.</param>
/// <param name="Correct">Is the answer the right one? Null where that is not known.</param>
/// <param name="Error">Why it is not <see cref="Outcome.Ok"/>, in a few words; null when it is.</param>
/// <param name="Exception">What the HTTP client threw, if it did.</param>
internal readonly record struct Answer(
    Outcome Outcome, TimeSpan Latency, long Bytes = 0, bool? Correct = null, string? Error = null, Exception? Exception = null);
