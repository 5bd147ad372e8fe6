using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Endpoints.Bench.Tester;

/// <summary>The least that can answer: it waits for as many bytes as a request of the benchmark has and sends the same answer each time.</summary>
internal static class LoopbackServer
{
    /// <summary>An answer as long as the project's own server gives, with its Server-Timing.</summary>
    public static byte[] Answer { get; } = Encoding.ASCII.GetBytes(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nServer-Timing: queue;dur=0.012, compute;dur=1.234, total;dur=1.567\r\nContent-Length: 92\r\n\r\n"
        + """{"label":"entailment","scores":{"entailment":0.91234,"not_entailment":0.08766},"logits":[1]}""");

    /// <summary>Serves until its standard input ends; prints its port first.</summary>
    public static void Run()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1_024);
        _ = AcceptAsync(listener);
        Console.WriteLine(((IPEndPoint)listener.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture));
        Console.In.ReadToEnd();
    }

    private static async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            Socket socket = await listener.AcceptAsync();
            socket.NoDelay = true;
            _ = ServeAsync(socket);
        }
    }

    private static async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            byte[] buffer = new byte[8 << 10];
            int received = 0;
            try
            {
                while (true)
                {
                    int read = await socket.ReceiveAsync(buffer.AsMemory(received));
                    if (read == 0)
                    {
                        return;
                    }

                    received += read;
                    if (LengthOf(buffer.AsSpan(0, received)) is { } length && length <= received)
                    {
                        received -= length;
                        await socket.SendAsync(Answer);
                    }
                }
            }
            catch (SocketException)
            {
                // The client has gone.
            }
        }
    }

    /// <summary>Length of a whole request: its head, and as much behind it as its Content-Length says; null when its head is not all there.</summary>
    private static int? LengthOf(ReadOnlySpan<byte> received)
    {
        int head = received.IndexOf("\r\n\r\n"u8), field = received.IndexOf("Content-Length: "u8);
        if (head < 0 || field < 0)
        {
            return head < 0 ? null : head + 4;
        }

        ReadOnlySpan<byte> length = received[(field + 16)..];
        return head + 4 + int.Parse(length[..length.IndexOf((byte)'\r')], CultureInfo.InvariantCulture);
    }
}
