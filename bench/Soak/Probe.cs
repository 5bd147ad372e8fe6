using System.Globalization;

namespace Endpoints.Bench.Soak;

/// <summary>A health probe, and what the process was doing meanwhile.</summary>
/// <param name="At">When it was sent, since the start.</param>
/// <param name="Took">How long its answer took.</param>
/// <param name="Paused">For how long of that the garbage collector stood every thread still.</param>
/// <param name="Collections">Full collections that ended in that time.</param>
/// <param name="Threads">Threads of the pool.</param>
/// <param name="Waiting">What waited for one of them when the probe was sent.</param>
internal readonly record struct Probe(TimeSpan At, TimeSpan Took, TimeSpan Paused, int Collections, int Threads, long Waiting)
{
    /// <summary>Whether it fell into one of these times.</summary>
    public bool IsDuring(IEnumerable<(TimeSpan From, TimeSpan To)> times)
    {
        (TimeSpan from, TimeSpan to) = (At, At + Took);
        return times.Any(time => time.From < to && from < time.To);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Took.TotalMilliseconds:F1} ms at {At:h\\:mm\\:ss\\.fff}: {Paused.TotalMilliseconds:F1} ms of collector's pauses, {Collections} full collections; {Threads} threads of the pool, {Waiting} items waiting for one");
}
