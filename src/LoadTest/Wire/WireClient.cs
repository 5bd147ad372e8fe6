using System.Net.Sockets;
using Endpoints.LoadTest.Measuring;
using Endpoints.LoadTest.Users;

namespace Endpoints.LoadTest.Wire;

/// <summary>
/// Sends questions to one URL in plain HTTP/1.1 over a connection of its own, kept alive, straight over a socket: at the rates that a tester has to reach,
/// a general HTTP client costs more than the rest together. No proxy, no redirects, no cookies; a request that was sent is never sent again unseen.
/// </summary>
internal sealed class WireClient : ITargetClient
{
    private const int FirstBufferBytes = 4 << 10;

    /// <summary>After such a pause a server may have closed the connection, which is looked at before a request is lost to it.</summary>
    private static readonly TimeSpan LongPause = TimeSpan.FromMilliseconds(10);

    private readonly LoadTarget _target;
    private readonly TimeProvider _time;
    private readonly RequestWriter _writer;
    private readonly ResponseHead _head = new();
    private readonly RequestWatch _watch;
    private readonly AnswerJudge _judge;
    private WireConnection? _connection;
    private byte[] _buffer = new byte[FirstBufferBytes];
    private bool _isOpen;
    private long _answered;

    public WireClient(LoadTarget target, LoadTestOptions options, TimeProvider time, CancellationToken interrupted)
    {
        _target = target;
        _time = time;
        _writer = new RequestWriter(target);
        _watch = new RequestWatch(options.Timeout, time, interrupted, () => _connection?.Dispose());
        _judge = new AnswerJudge(target, options);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Body => _connection is null ? default : _connection.Body;

    /// <inheritdoc/>
    public async Task<Answer?> AskAsync(Question question)
    {
        long start = _time.GetTimestamp();
        long bytes = 0;
        Exception? failure = null;
        if (!_watch.Start(start))
        {
            _watch.Stop();
            return null;
        }

        try
        {
            WireConnection connection = _isOpen && !IsLost(_connection!, start) ? _connection! : await ConnectAsync().ConfigureAwait(false);
            bytes = await connection.ExchangeAsync(_writer.Write(question)).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SocketException or IOException or ObjectDisposedException)
        {
            failure = exception;
        }

        _answered = _time.GetTimestamp();
        TimeSpan latency = _time.GetElapsedTime(start, _answered);
        WatchEnd end = _watch.Stop();
        if (end != WatchEnd.InTime || failure is not null || !_connection!.IsReusable)
        {
            Close();
        }

        return end switch
        {
            WatchEnd.Interrupted => null,
            WatchEnd.Late => _judge.Late(failure) with { Latency = latency },
            _ when failure is not null => AnswerJudge.Broken(failure) with { Latency = latency },
            _ => _judge.Of(_head.Status, _head.Reason, Body, question) with { Latency = latency, Bytes = bytes, Timing = _head.Timing },
        };
    }

    public void Dispose()
    {
        _watch.Dispose();
        _connection?.Dispose();
    }

    /// <summary>Has the server closed the connection during a pause, so that a request would be lost to it?</summary>
    private bool IsLost(WireConnection connection, long now) => _time.GetElapsedTime(_answered, now) > LongPause && connection.IsStale;

    private async Task<WireConnection> ConnectAsync()
    {
        Close();
        var connection = new WireConnection(_head, _buffer);

        // Known before it connects, so that the watch can end what takes too long.
        _connection = connection;
        await connection.ConnectAsync(_target.Url).ConfigureAwait(false);
        _isOpen = true;
        return connection;
    }

    private void Close()
    {
        _isOpen = false;
        if (_connection is { } connection)
        {
            _buffer = connection.Buffer;
            connection.Dispose();
        }
    }
}
