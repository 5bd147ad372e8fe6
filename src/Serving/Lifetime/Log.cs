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

    [LoggerMessage(EventId = 2102, EventName = nameof(Stuck), Level = LogLevel.Error, Message = "Not ready: {Reason}")]
    public static partial void Stuck(ILogger logger, string reason);

    [LoggerMessage(EventId = 2103, EventName = nameof(Moves), Level = LogLevel.Information, Message = "Ready again: every lane moves")]
    public static partial void Moves(ILogger logger);
}
