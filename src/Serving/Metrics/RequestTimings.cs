using System.Globalization;

namespace Endpoints.Serving.Metrics;

/// <summary>When a request passed each station, as timestamps of the clock. The stretches between them add up to the total.</summary>
internal readonly record struct RequestTimings(long Received, long Read, long Tokenized, long Started, long Computed, long Answered)
{
    /// <summary>
    /// The header's value, durations in ms: <c>read</c> (body and JSON), <c>tokenize</c>, <c>queue</c>, <c>compute</c>, <c>respond</c> (from the last
    /// logit to this header) and <c>total</c>.
    /// </summary>
    public string ToServerTiming(TimeProvider time)
    {
        Span<char> buffer = stackalloc char[256];
        return string.Create(
            CultureInfo.InvariantCulture,
            buffer,
            $"read;dur={Milliseconds(time, Received, Read):F3}, "
            + $"tokenize;dur={Milliseconds(time, Read, Tokenized):F3}, "
            + $"queue;dur={Milliseconds(time, Tokenized, Started):F3}, "
            + $"compute;dur={Milliseconds(time, Started, Computed):F3}, "
            + $"respond;dur={Milliseconds(time, Computed, Answered):F3}, "
            + $"total;dur={Milliseconds(time, Received, Answered):F3}");
    }

    private static double Milliseconds(TimeProvider time, long from, long to) => time.GetElapsedTime(from, to).TotalMilliseconds;
}
