using System.Globalization;

namespace Endpoints.LoadTest.Measuring;

/// <summary>Where a server spent a request's time, from its header <c>Server-Timing</c>.</summary>
/// <param name="Queue">Waiting, in µs.</param>
/// <param name="Compute">Computing, in µs.</param>
/// <param name="Total">In the server as a whole, in µs.</param>
internal readonly record struct ServerTiming(long Queue, long Compute, long Total)
{
    /// <summary>Reads <c>queue;dur=1.2, compute;dur=3.4, total;dur=5.6</c> (ms); null when one of the three is missing or no duration.</summary>
    public static ServerTiming? Parse(ReadOnlySpan<char> header)
    {
        long? queue = null, compute = null, total = null;
        foreach (Range range in header.Split(','))
        {
            ReadOnlySpan<char> metric = header[range].Trim();
            int end = metric.IndexOf(';');
            if (end < 0 || Duration(metric[(end + 1)..]) is not { } microseconds)
            {
                continue;
            }

            switch (metric[..end].Trim())
            {
                case "queue":
                    queue = microseconds;
                    break;
                case "compute":
                    compute = microseconds;
                    break;
                case "total":
                    total = microseconds;
                    break;
            }
        }

        return queue is { } waited && compute is { } computed && total is { } all ? new ServerTiming(waited, computed, all) : null;
    }

    private static long? Duration(ReadOnlySpan<char> parameters)
    {
        foreach (Range range in parameters.Split(';'))
        {
            ReadOnlySpan<char> parameter = parameters[range].Trim();
            if (parameter.StartsWith("dur=", StringComparison.OrdinalIgnoreCase)
                && double.TryParse(parameter[4..].Trim('"'), NumberStyles.Float, CultureInfo.InvariantCulture, out double ms)
                && ms is >= 0 and < 1e9)
            {
                return (long)Math.Round(ms * 1000);
            }
        }

        return null;
    }
}
