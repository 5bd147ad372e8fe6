using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Endpoints.LoadTest.Tests.Support;

/// <summary>Sends given bytes as the answer to each POST, cut as the test says; an answer of null closes the connection, as does one that is marked so.</summary>
internal sealed class CannedServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<int, Canned?> _answers;
    private int _requests = -1;
    private int _connections;

    /// <param name="answers">The answer to the n-th request, from 0.</param>
    public CannedServer(Func<int, Canned?> answers)
    {
        _answers = answers;
        _listener.Start();
        _ = AcceptAsync();
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/endpoints/base/invoke?a=1");

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>All requests, byte for byte.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>Completed when a connection was closed by this server.</summary>
    public TaskCompletionSource Closed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptSocketAsync(_stop.Token);
                socket.NoDelay = true;
                Interlocked.Increment(ref _connections);
                _ = ServeAsync(socket);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                var buffer = new byte[64 << 10];
                int length = 0;
                while (true)
                {
                    int read = await socket.ReceiveAsync(buffer.AsMemory(length), _stop.Token);
                    length += read;
                    string text = Encoding.ASCII.GetString(buffer, 0, length);
                    int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
                    if (read == 0)
                    {
                        return;
                    }

                    int body = end < 0 ? 0 : int.Parse(text[(text.IndexOf("Content-Length: ", StringComparison.Ordinal) + 16)..].Split('\r')[0], System.Globalization.CultureInfo.InvariantCulture);
                    if (end < 0 || length < end + 4 + body)
                    {
                        continue;
                    }

                    length = 0;
                    Requests.Enqueue(text);
                    Canned? answer = _answers(Interlocked.Increment(ref _requests));
                    foreach (byte[] piece in answer?.Pieces ?? [])
                    {
                        await socket.SendAsync(piece, _stop.Token);
                        await Task.Yield();
                    }

                    if (answer is null or { Closes: true })
                    {
                        socket.Shutdown(SocketShutdown.Both);
                        socket.Close();
                        Closed.TrySetResult();
                        return;
                    }
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The client has gone, or the test is over.
            }
        }
    }
}

/// <summary>An answer as it goes over the wire.</summary>
internal sealed record Canned(byte[][] Pieces, bool Closes = false)
{
    /// <param name="text">Latin-1.</param>
    /// <param name="piece">Bytes sent at a time; 0 for all at once.</param>
    public static Canned Of(string text, int piece = 0)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        return new Canned([.. bytes.Chunk(piece == 0 ? Math.Max(1, bytes.Length) : piece)]);
    }
}
