namespace Endpoints.LoadTest.Users;

/// <summary>Waits of at least the time asked for: timers count whole milliseconds and would cut the rest off.</summary>
internal static class Pause
{
    /// <summary>Waits; a cancellation ends the wait early and is no error.</summary>
    public static async Task ForAsync(TimeSpan span, TimeProvider time, CancellationToken cancelled)
    {
        if (span > TimeSpan.Zero)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(span.TotalMilliseconds)), time, cancelled).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
