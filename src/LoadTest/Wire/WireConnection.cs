using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Endpoints.LoadTest.Wire;

/// <summary>
/// One connection in HTTP/1.1, over which requests go and answers come one after the other. Nothing is sent twice, and nothing is read ahead: what an
/// answer says of itself decides where it ends.
/// </summary>
internal sealed class WireConnection(ResponseHead head, byte[] buffer) : IDisposable
{
    /// <summary>Answers are kept up to here to be checked; of a longer one nothing is kept, but it is read, timed and counted.</summary>
    private const int MaxKeptBytes = 16 << 20;

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] _buffer = buffer;
    private int _start;
    private int _end;
    private int _kept;
    private bool _closed;

    /// <summary>Bytes that came behind the answer, unasked.</summary>
    private int _rest;

    /// <summary>The body of the last answer, valid until the next is received; empty when it was too long to keep.</summary>
    public ReadOnlySpan<byte> Body => _buffer.AsSpan(_start, _kept);

    /// <summary>The buffer, grown as answers needed, for the connection that comes after this one.</summary>
    public byte[] Buffer => _buffer;

    /// <summary>Can nothing more be sent, for the server has closed it, or has said something unasked? Costs a system call.</summary>
    public bool IsStale => _socket.Poll(0, SelectMode.SelectRead);

    /// <summary>After an answer: may another request be sent?</summary>
    public bool IsReusable => !head.Closes && !_closed && _rest == 0 && head.Status != 101;

    public Task ConnectAsync(Uri url) => IPAddress.TryParse(url.IdnHost, out IPAddress? address)
        ? _socket.ConnectAsync(address, url.Port)
        : _socket.ConnectAsync(url.IdnHost, url.Port);

    /// <summary>Sends a request and receives the whole answer; <see cref="Body"/> and the head then tell of it.</summary>
    /// <returns>Length of the body in bytes.</returns>
    /// <exception cref="MalformedAnswerException">What came is no HTTP.</exception>
    /// <exception cref="HttpIOException">The connection ended before the answer did.</exception>
    /// <exception cref="SocketException">The connection broke.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<long> ExchangeAsync(ReadOnlyMemory<byte> request)
    {
        (_start, _end, _kept, _rest) = (0, 0, 0, 0);
        for (ReadOnlyMemory<byte> left = request; left.Length > 0;)
        {
            left = left[await _socket.SendAsync(left, SocketFlags.None).ConfigureAwait(false)..];
        }

        // Most answers are one head and a short body that come together, for which this loop receives once; what is longer or in chunks goes on elsewhere.
        while (!ReadHeads())
        {
            int received = await _socket.ReceiveAsync(Free(), SocketFlags.None).ConfigureAwait(false);
            Require(received);
            _end += received;
        }

        return head.HasNoBody || head.ContentLength <= _end - _start ? Keep(head.HasNoBody ? 0 : (int)head.ContentLength!.Value)
            : head.IsChunked ? await ReceiveChunksAsync().ConfigureAwait(false)
            : head.ContentLength is { } length ? await ReceiveAsync(length).ConfigureAwait(false)
            : await ReceiveToEndAsync().ConfigureAwait(false);
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Reads heads up to the one of the answer; false when more has to come first.</summary>
    private bool ReadHeads()
    {
        int read;
        while ((read = head.Read(_buffer.AsSpan(_start, _end - _start))) > 0)
        {
            _start += read;
            if (!head.IsInterim)
            {
                return true;
            }

            // A server may say "wait" (1xx) again and again, but not for ever.
            if (_start > ResponseHead.MaxBytes)
            {
                throw new MalformedAnswerException("the answer does not come to an end of its 1xx heads");
            }
        }

        return false;
    }

    private int Keep(int length)
    {
        _kept = length;
        _rest = _end - _start - length;
        return length;
    }

    private async Task<long> ReceiveAsync(long length)
    {
        if (length > MaxKeptBytes)
        {
            for (long left = length - Discard(length); left > 0; left -= Discard(left))
            {
                await ReceiveAsync().ConfigureAwait(false);
            }

            return length;
        }

        while (_end - _start < length)
        {
            await ReceiveAsync().ConfigureAwait(false);
        }

        return Keep((int)length);
    }

    /// <summary>Chunks are put together at the place where the first one came; what is not taken yet follows.</summary>
    private async Task<long> ReceiveChunksAsync()
    {
        var chunks = default(ChunkedBody);
        int write = _start, read = _start;
        long bytes = 0;
        while (true)
        {
            ReadOnlySpan<byte> data = chunks.Take(_buffer.AsSpan(read, _end - read), out int used);
            data.CopyTo(_buffer.AsSpan(write));
            read += used;
            bytes += data.Length;
            write = bytes <= MaxKeptBytes ? write + data.Length : _start;
            if (chunks.IsDone)
            {
                _kept = write - _start;
                _rest = _end - read;
                return bytes;
            }

            if (data.IsEmpty)
            {
                _buffer.AsSpan(read, _end - read).CopyTo(_buffer.AsSpan(write));
                _end -= read - write;
                read = write;
                await ReceiveAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>An answer that does not tell its length ends with the connection.</summary>
    private async Task<long> ReceiveToEndAsync()
    {
        _closed = true;
        long bytes = _end - _start;
        for (int received = 1; received > 0; bytes += received)
        {
            received = await TryReceiveAsync().ConfigureAwait(false);
            _end = bytes + received <= MaxKeptBytes ? _end : _start;
        }

        _kept = bytes <= MaxKeptBytes ? (int)bytes : 0;
        return bytes;
    }

    /// <summary>Drops what was received of a body, up to its length.</summary>
    private int Discard(long length)
    {
        int dropped = (int)Math.Min(length, _end - _start);
        _rest = _end - _start - dropped;
        _end = _start;
        return dropped;
    }

    private async Task ReceiveAsync() => Require(await TryReceiveAsync().ConfigureAwait(false));

    /// <summary>Receives some bytes; none at the end of the connection.</summary>
    private async Task<int> TryReceiveAsync()
    {
        int received = await _socket.ReceiveAsync(Free(), SocketFlags.None).ConfigureAwait(false);
        _end += received;
        return received;
    }

    private static void Require(int received)
    {
        if (received == 0)
        {
            throw new HttpIOException(HttpRequestError.ResponseEnded);
        }
    }

    /// <summary>Room behind what was received.</summary>
    private Memory<byte> Free()
    {
        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, 2 * _buffer.Length);
        }

        return _buffer.AsMemory(_end);
    }
}
