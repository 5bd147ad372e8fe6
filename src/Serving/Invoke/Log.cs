using Microsoft.Extensions.Logging;

namespace Endpoints.Serving.Invoke;

/// <summary>Invocations own event ids 2200 to 2299. Nothing of a request's text is ever logged.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 2200, EventName = nameof(Answered), Level = LogLevel.Debug,
        Message = "Endpoint {Endpoint}: {Rows} rows answered in {Milliseconds:F3} ms")]
    public static partial void Answered(ILogger logger, string endpoint, int rows, double milliseconds);

    [LoggerMessage(EventId = 2201, EventName = nameof(Refused), Level = LogLevel.Debug, Message = "Endpoint {Endpoint}: {Status} {Title} in {Milliseconds:F3} ms")]
    public static partial void Refused(ILogger logger, string endpoint, int status, string title, double milliseconds);

    [LoggerMessage(EventId = 2202, EventName = nameof(Left), Level = LogLevel.Debug, Message = "Endpoint {Endpoint}: the client left after {Milliseconds:F3} ms")]
    public static partial void Left(ILogger logger, string endpoint, double milliseconds);

    [LoggerMessage(EventId = 2203, EventName = nameof(Unexpected), Level = LogLevel.Error, Message = "Endpoint {Endpoint}: an invocation failed")]
    public static partial void Unexpected(ILogger logger, Exception exception, string endpoint);

    [LoggerMessage(EventId = 2204, EventName = nameof(NotANumber), Level = LogLevel.Error, Message = "Endpoint {Endpoint}: a result is not a finite number")]
    public static partial void NotANumber(ILogger logger, string endpoint);
}
