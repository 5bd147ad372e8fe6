using System.Globalization;
using Endpoints.Serving.Batching;
using Endpoints.Serving.Options;
using Microsoft.Extensions.Logging;

namespace Endpoints.Serving.Lifetime;

/// <summary>Notices a lane that sits in a batch far longer than predicted. It looks whenever somebody asks, so it needs no time and no thread of its own.</summary>
internal sealed class Watchdog(LaneClock lanes, WatchdogOptions options, ILogger<Watchdog> logger)
{
    private int _isStuck;

    /// <summary>A sentence on the first lane that is stuck; null when every lane moves.</summary>
    public string? WhyStuck()
    {
        string? reason = null;
        for (int lane = 0; lane < lanes.Count && reason is null; lane++)
        {
            reason = lanes.Progress(lane) is { } batch && IsStuck(batch.Running, batch.Expected) ? Describe(lane, batch.Running, batch.Expected) : null;
        }

        int stuck = reason is null ? 0 : 1;
        if (Interlocked.Exchange(ref _isStuck, stuck) != stuck)
        {
            Report(reason);
        }

        return reason;
    }

    private bool IsStuck(TimeSpan running, TimeSpan expected) => running > options.Minimum && running > options.Factor * expected;

    private static string Describe(int lane, TimeSpan running, TimeSpan expected) => string.Create(
        CultureInfo.InvariantCulture, $"Lane {lane} has been in one batch for {running.TotalSeconds:F1} s, which was expected to take {expected.TotalSeconds:F3} s.");

    private void Report(string? reason)
    {
        if (reason is null)
        {
            Log.Moves(logger);
        }
        else
        {
            Log.Stuck(logger, reason);
        }
    }
}
