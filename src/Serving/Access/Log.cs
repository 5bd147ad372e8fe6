using Microsoft.Extensions.Logging;

namespace Endpoints.Serving.Access;

/// <summary>Access owns event ids 2300 to 2399. No key is ever logged, right or wrong.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 2300, EventName = nameof(Refused), Level = LogLevel.Debug, Message = "Refused with {Status}: {Reason}")]
    public static partial void Refused(ILogger logger, int status, string reason);
}
