using Microsoft.Extensions.Logging;

namespace Endpoints.Serving.Lifetime;

/// <summary>Start and stop own event ids 2100 to 2199.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 2100, EventName = nameof(Draining), Level = LogLevel.Information,
        Message = "Stopping: not ready any more, still listening for {Seconds} s")]
    public static partial void Draining(ILogger logger, double seconds);

    [LoggerMessage(EventId = 2101, EventName = nameof(Drained), Level = LogLevel.Information, Message = "Stopped: every accepted request has ended")]
    public static partial void Drained(ILogger logger);
}
