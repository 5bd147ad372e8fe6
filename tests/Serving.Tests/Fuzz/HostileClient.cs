using System.Net.Sockets;
using System.Text;

namespace Endpoints.Serving.Tests.Fuzz;

/// <summary>Sends bytes over a connection of their own, ends its side, and reads whatever comes until the other side ends too.</summary>
internal static class HostileClient
{
    // How HTTP/2 is told to go where only HTTP/1.1 is spoken: a GOAWAY frame, with 8 bytes.
    private const string GoAway = "\0\0\b\a";

    /// <returns>Every byte that came, as Latin-1; nothing where the server only closed.</returns>
    public static async Task<string> SendAsync(Uri address, byte[] request, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, cancellationToken);
        NetworkStream stream = client.GetStream();
        var answer = new MemoryStream();
        try
        {
            // Both at once: a server that has answered and closed would else make the sender wait or fail with the answer unread.
            Task reading = stream.CopyToAsync(answer, cancellationToken);
            try
            {
                await stream.WriteAsync(request, cancellationToken);
                client.Client.Shutdown(SocketShutdown.Send);
            }
            catch (Exception exception) when (exception is IOException or SocketException)
            {
                // It has closed, as it may.
            }

            await reading;
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            // A reset is an end as well.
        }

        return Encoding.Latin1.GetString(answer.ToArray());
    }

    /// <summary>What is wrong with an answer; null when nothing is. A hostile request may be refused or, where its wounds do not show, answered.</summary>
    public static string? Fault(string answer)
    {
        if (answer.Length == 0 || answer.StartsWith(GoAway, StringComparison.Ordinal))
        {
            return null;
        }

        if (!answer.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) || answer.Length < 12)
        {
            return "is no HTTP";
        }

        // 501 and 505 are Kestrel's, to what is no HTTP/1.1; every other 5xx would be a fault of the server's.
        int status = int.Parse(answer[9..12], System.Globalization.CultureInfo.InvariantCulture);
        return status is >= 500 and not (501 or 505) ? $"has status {status}" : null;
    }
}
