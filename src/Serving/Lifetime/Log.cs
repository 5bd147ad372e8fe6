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

    [LoggerMessage(EventId = 2104, EventName = nameof(Changed), Level = LogLevel.Information, Message = "{Section}: {Setting} is now {After}, was {Before}")]
    public static partial void Changed(ILogger logger, string section, string setting, string before, string after);

    [LoggerMessage(EventId = 2105, EventName = nameof(NeedsRestart), Level = LogLevel.Warning,
        Message = "{Section}: {Setting} is {After} in the configuration and stays {Before} until a restart")]
    public static partial void NeedsRestart(ILogger logger, string section, string setting, string before, string after);

    [LoggerMessage(EventId = 2106, EventName = nameof(Reloaded), Level = LogLevel.Information, Message = "Configuration and keys read again: {Changes} settings have changed")]
    public static partial void Reloaded(ILogger logger, int changes);

    [LoggerMessage(EventId = 2107, EventName = nameof(Refused), Level = LogLevel.Error, Message = "The new configuration is refused as a whole and the old stays: {Reason}")]
    public static partial void Refused(ILogger logger, string reason);

    [LoggerMessage(EventId = 2108, EventName = nameof(Unreadable), Level = LogLevel.Error, Message = "The configuration cannot be read and the old stays: {Reason} {Cause}")]
    public static partial void Unreadable(ILogger logger, string reason, string cause);
}
