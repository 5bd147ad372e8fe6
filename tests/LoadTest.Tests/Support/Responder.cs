using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Endpoints.LoadTest.Tests.Support;

/// <summary>
/// A small HTTP server on loopback that does on command what servers do. It answers the right label by looking for it in the hypothesis, and counts
/// what it did, so that a test can hold the load tester's counts against it.
/// </summary>
internal sealed class Responder : IDisposable
{
    public const string RightLabel = "entailment";
    private readonly LoopbackListener _listener;
    private readonly Func<int, Reply> _script;
    private readonly int[] _counts = new int[Enum.GetValues<Reply>().Length];
    private int _posts = -1;

    /// <param name="script">What to do with the n-th POST, from 0; the first is the load tester's probe.</param>
    public Responder(Func<int, Reply> script)
    {
        _script = script;
        _listener = new LoopbackListener(ServeAsync);
    }

    /// <summary>Called with each POST before it is answered, for example to move a clock.</summary>
    public Action<Reply> Received { get; set; } = _ => { };

    /// <summary>Body of the answer to <c>GET /endpoints</c>; without one it is not found.</summary>
    public string? Endpoints { get; set; }

    /// <summary>Body of the answer to <c>GET /metrics</c>; without one it is not found.</summary>
    public Func<string>? Metrics { get; set; }

    /// <summary>Header of right answers; null for none.</summary>
    public string? ServerTiming { get; set; }

    /// <summary>Request line and headers of the last POST.</summary>
    public string LastHead { get; private set; } = "";

    public int Connections => _listener.Connections;

    public Uri Url => new($"http://127.0.0.1:{_listener.Port}/endpoints/base/invoke");

    public int Count(Reply reply) => Volatile.Read(ref _counts[(int)reply]);

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync(Socket socket, CancellationToken stop)
    {
        var buffer = new byte[64 * 1024];
        int length = 0;
        while (await ReadRequestAsync(socket, buffer, length, stop) is { } request)
        {
            length = request.Left;
            if (!await AnswerAsync(socket, request.Head, request.Body, stop))
            {
                return;
            }
        }
    }

    private static async Task<(string Head, string Body, int Left)?> ReadRequestAsync(Socket socket, byte[] buffer, int length, CancellationToken stop)
    {
        while (true)
        {
            int end = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                string head = Encoding.ASCII.GetString(buffer, 0, end);
                int body = ContentLength(head);
                if (length >= end + 4 + body)
                {
                    string text = Encoding.UTF8.GetString(buffer, end + 4, body);
                    int rest = length - (end + 4 + body);
                    buffer.AsSpan(end + 4 + body, rest).CopyTo(buffer);
                    return (head, text, rest);
                }
            }

            int read = await socket.ReceiveAsync(buffer.AsMemory(length), stop);
            if (read == 0)
            {
                return null;
            }

            length += read;
        }
    }

    private async Task<bool> AnswerAsync(Socket socket, string head, string body, CancellationToken stop)
    {
        if (!head.StartsWith("POST /endpoints/base/invoke HTTP/1.1", StringComparison.Ordinal))
        {
            if (Metrics is not null && head.StartsWith("GET /metrics HTTP/1.1", StringComparison.Ordinal))
            {
                await SendAsync(socket, stop, "200 OK", Metrics());
                return true;
            }

            bool known = Endpoints is not null && head.StartsWith("GET /endpoints HTTP/1.1", StringComparison.Ordinal);
            await SendAsync(socket, stop, known ? "200 OK" : "404 Not Found", known ? Endpoints! : "{}");
            return true;
        }

        LastHead = head;
        Reply reply = _script(Interlocked.Increment(ref _posts));
        Interlocked.Increment(ref _counts[(int)reply]);
        Received(reply);
        string hypothesis = JsonDocument.Parse(body).RootElement.GetProperty("hypothesis").GetString()!;
        string label = hypothesis.Contains(RightLabel, StringComparison.Ordinal) ? RightLabel : "other";
        switch (reply)
        {
            case Reply.Right:
                await SendAsync(socket, stop, "200 OK", $$"""{"scores":{"label":"x"},"label":"{{label}}","endpoint":"base"}""", ServerTiming);
                return true;
            case Reply.WrongLabel:
                await SendAsync(socket, stop, "200 OK", """{"label":"none of these"}""");
                return true;
            case Reply.Throttled:
                await SendAsync(socket, stop, "429 Too Many Requests", """{"title":"too busy"}""");
                return true;
            case Reply.ServerError:
                await SendAsync(socket, stop, "500 Internal Server Error", """{"title":"it broke"}""");
                return true;
            case Reply.NoLabel:
                await SendAsync(socket, stop, "200 OK", """{"score":1}""");
                return true;
            case Reply.NotJson:
                await SendAsync(socket, stop, "200 OK", "<p>hello</p>");
                return true;
            case Reply.NotHttp:
                await socket.SendAsync("220 mail ready\r\n\r\n"u8.ToArray(), stop);
                return false;
            case Reply.CloseHalfway:
                await socket.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"label\":"u8.ToArray(), stop);
                return false;
            case Reply.Silence:
                return await socket.ReceiveAsync(new byte[1], stop) > 0;
            default:
                return false;
        }
    }

    private static async Task SendAsync(Socket socket, CancellationToken stop, string status, string body, string? timing = null)
    {
        byte[] content = Encoding.UTF8.GetBytes(body);
        byte[] head = Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {content.Length}\r\n{(timing is null ? "" : $"Server-Timing: {timing}\r\n")}\r\n");
        await socket.SendAsync((byte[])[.. head, .. content], stop);
    }

    private static int ContentLength(string head) => head.Split("\r\n")
        .Where(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
        .Select(line => int.Parse(line["Content-Length:".Length..], NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture))
        .FirstOrDefault();
}
