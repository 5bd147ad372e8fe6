using System.ComponentModel.DataAnnotations;

namespace Endpoints.Serving.Options;

/// <summary>When a batch counts as stuck: section <c>Endpoints:Watchdog</c>. It must be over both limits.</summary>
public sealed class WatchdogOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Endpoints:Watchdog";

    /// <value>How many times longer than predicted a batch may run. Default 20; from 2 to 1,000,000.</value>
    [Range(2, 1_000_000)]
    public double Factor { get; set; } = 20;

    /// <value>How long any batch may run. Default 5 s; from 10 ms to 1 hour.</value>
    [TimeSpanRange("00:00:00.01", "01:00:00")]
    public TimeSpan Minimum { get; set; } = TimeSpan.FromSeconds(5);
}
