using Microsoft.Extensions.Logging;

namespace Endpoints.Serving.Connections;

/// <summary>Connections own event ids 2400 to 2499.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 2400, EventName = nameof(CertificateChanged), Level = LogLevel.Information,
        Message = "New certificate: {Subject}, valid until {Until:u}")]
    public static partial void CertificateChanged(ILogger logger, string subject, DateTime until);

    [LoggerMessage(EventId = 2401, EventName = nameof(CertificateUnusable), Level = LogLevel.Error,
        Message = "The certificate's files have changed and cannot be used, so the old one stays: {Reason}")]
    public static partial void CertificateUnusable(ILogger logger, string reason);
}
