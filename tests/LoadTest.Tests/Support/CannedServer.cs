using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace Endpoints.LoadTest.Tests.Support;

/// <summary>Sends given bytes as the answer to each POST, cut as the test says; an answer of null closes the connection, as does one that is marked so.</summary>
internal sealed class CannedServer : IDisposable
{
    private readonly LoopbackListener _listener;
    private readonly Func<int, Canned?> _answers;
    private int _requests = -1;

    /// <param name="answers">The answer to the n-th request, from 0.</param>
    public CannedServer(Func<int, Canned?> answers)
    {
        _answers = answers;
        _listener = new LoopbackListener(ServeAsync);
    }

    public Uri Url => new($"http://127.0.0.1:{_listener.Port}/endpoints/base/invoke?a=1");

    public int Connections => _listener.Connections;

    /// <summary>How long an answer takes.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>All requests, byte for byte.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>Completed when a connection was closed by this server.</summary>
    public TaskCompletionSource Closed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync(Socket socket, CancellationToken stop)
    {
        var buffer = new byte[64 << 10];
        int length = 0;
        while (true)
        {
            int read = await socket.ReceiveAsync(buffer.AsMemory(length), stop);
            length += read;
            string text = Encoding.ASCII.GetString(buffer, 0, length);
            int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (read == 0)
            {
                return;
            }

            int body = end < 0 || !text.Contains("Content-Length: ", StringComparison.Ordinal) ? 0 : int.Parse(text[(text.IndexOf("Content-Length: ", StringComparison.Ordinal) + 16)..].Split('\r')[0], System.Globalization.CultureInfo.InvariantCulture);
            if (end < 0 || length < end + 4 + body)
            {
                continue;
            }

            length = 0;
            Requests.Enqueue(text);
            Canned? answer = _answers(Interlocked.Increment(ref _requests));
            await Task.Delay(Delay, stop);
            foreach (byte[] piece in answer?.Pieces ?? [])
            {
                await socket.SendAsync(piece, stop);
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
