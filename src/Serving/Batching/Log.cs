using Microsoft.Extensions.Logging;

namespace Endpoints.Serving.Batching;

/// <summary>Batching owns event ids 2000 to 2099.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 2000, EventName = nameof(WarmedUp), Level = LogLevel.Information,
        Message = "Endpoint {Endpoint} is warm: {SubNetwork} in {Precision}, {Parameters:N0} parameters; a batch takes {FixedMicroseconds:F0} us, {TokenMicroseconds:F1} us for each token and {SquareNanoseconds:F1} ns for each squared token of a row's length")]
    public static partial void WarmedUp(
        ILogger logger, string endpoint, string subNetwork, string precision, long parameters, double fixedMicroseconds, double tokenMicroseconds, double squareNanoseconds);

    [LoggerMessage(EventId = 2001, EventName = nameof(WarmUpFailed), Level = LogLevel.Critical, Message = "Warm-up failed; the server stops")]
    public static partial void WarmUpFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 2002, EventName = nameof(BatchComputed), Level = LogLevel.Trace,
        Message = "Endpoint {Endpoint}: batch of {Rows} rows, {Tokens} tokens in {Milliseconds:F3} ms")]
    public static partial void BatchComputed(ILogger logger, string endpoint, int rows, int tokens, double milliseconds);

    [LoggerMessage(EventId = 2003, EventName = nameof(BatchFailed), Level = LogLevel.Error,
        Message = "Endpoint {Endpoint}: a batch of {Rows} rows, {Tokens} tokens failed in the engine")]
    public static partial void BatchFailed(ILogger logger, Exception exception, string endpoint, int rows, int tokens);

    [LoggerMessage(EventId = 2004, EventName = nameof(LaneStuck), Level = LogLevel.Error,
        Message = "Lane {Lane} did not end within the grace time; its batch is abandoned")]
    public static partial void LaneStuck(ILogger logger, int lane);

    [LoggerMessage(EventId = 2005, EventName = nameof(SlowPrecision), Level = LogLevel.Warning,
        Message = "Endpoint {Endpoint} runs in {Precision}, which is not fast on this processor (kernels: {Kernels}); {Default} is")]
    public static partial void SlowPrecision(ILogger logger, string endpoint, string precision, string kernels, string @default);
}
