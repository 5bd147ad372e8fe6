using Microsoft.Extensions.Logging;

namespace Endpoints.Serving.Agreement;

/// <summary>Agreement owns event ids 2700 to 2799.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 2700, EventName = nameof(NotCompared), Level = LogLevel.Warning,
        Message = "A row that endpoint {Endpoint} answered could not be compared with {Reference}")]
    public static partial void NotCompared(ILogger logger, Exception exception, string endpoint, string reference);
}
