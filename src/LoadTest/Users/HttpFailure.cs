using System.Net.Sockets;
using Endpoints.LoadTest.Wire;

namespace Endpoints.LoadTest.Users;

/// <summary>Why the HTTP client got no answer, in a few words that are the same for the same reason.</summary>
internal static class HttpFailure
{
    /// <summary>How a failed TLS handshake is described; what failed follows.</summary>
    public const string NotSecure = "no secure connection";

    /// <summary>Something did answer, but not in HTTP.</summary>
    public static bool IsNotHttp(Exception exception) => exception is MalformedAnswerException || ErrorOf(exception) == HttpRequestError.InvalidResponse;

    public static string Describe(Exception exception)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is SocketException socket)
            {
                return socket.SocketErrorCode switch
                {
                    SocketError.ConnectionRefused => "connection refused",
                    SocketError.ConnectionReset or SocketError.Shutdown => "connection reset",
                    SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "host not found",
                    SocketError.HostUnreachable or SocketError.NetworkUnreachable => "host not reachable",
                    _ => socket.Message,
                };
            }
        }

        return ErrorOf(exception) switch
        {
            HttpRequestError.ResponseEnded => "connection closed before the answer was complete",
            HttpRequestError.InvalidResponse => MalformedAnswerException.NotHttp,
            HttpRequestError.SecureConnectionError => $"{NotSecure} ({(exception.InnerException ?? exception).Message})",
            _ => exception.Message,
        };
    }

    private static HttpRequestError ErrorOf(Exception exception) => exception switch
    {
        HttpRequestException request => request.HttpRequestError,
        HttpIOException io => io.HttpRequestError,
        _ => HttpRequestError.Unknown,
    };
}
