using Microsoft.Extensions.Logging;

namespace Endpoints.Serving.Management;

/// <summary>Management owns event ids 2600 to 2699.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 2600, EventName = nameof(Listed), Level = LogLevel.Information,
        Message = "Endpoint {Endpoint} is served from now on: {SubNetwork}; it replaced another one: {Replaced}")]
    public static partial void Listed(ILogger logger, string endpoint, string subNetwork, bool replaced);

    [LoggerMessage(EventId = 2601, EventName = nameof(Unlisted), Level = LogLevel.Information, Message = "Endpoint {Endpoint} is served no longer; the requests that it has are answered")]
    public static partial void Unlisted(ILogger logger, string endpoint);

    [LoggerMessage(EventId = 2602, EventName = nameof(Failed), Level = LogLevel.Error, Message = "Endpoint {Endpoint} could not be made ready; nothing has changed")]
    public static partial void Failed(ILogger logger, Exception exception, string endpoint);
}
