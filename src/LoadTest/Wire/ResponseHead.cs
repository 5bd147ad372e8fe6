using System.Buffers.Text;
using System.Text;
using Endpoints.LoadTest.Measuring;

namespace Endpoints.LoadTest.Wire;

/// <summary>The status line and headers of one answer after another: what says where the body ends, and where the server spent the time.</summary>
internal sealed class ResponseHead
{
    /// <summary>The longest head that is read.</summary>
    public const int MaxBytes = 64 << 10;

    /// <summary>Longer times are cut off, and then usually say nothing.</summary>
    private const int MaxTiming = 1024;

    private static readonly Encoding Latin = Encoding.Latin1;
    private readonly char[] _timing = new char[MaxTiming];
    private int _timingLength;

    /// <summary>Status code, 100 to 999.</summary>
    public int Status { get; private set; }

    /// <summary>Length of the body in bytes; null when the head does not tell.</summary>
    public long? ContentLength { get; private set; }

    /// <summary>Does the body come in chunks?</summary>
    public bool IsChunked { get; private set; }

    /// <summary>Is the connection over after this answer?</summary>
    public bool Closes { get; private set; }

    /// <summary>Is it a word in between, after which the answer is still to come?</summary>
    public bool IsInterim => Status is < 200 and not 101;

    /// <summary>Has the answer no body, whatever its headers say?</summary>
    public bool HasNoBody => Status is 101 or 204 or 304;

    /// <summary>What stands behind the status code.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>Where the server spent the time, as it says itself; null when it does not.</summary>
    public ServerTiming? Timing => _timingLength == 0 ? null : ServerTiming.Parse(_timing.AsSpan(0, _timingLength));

    /// <summary>Reads a head from the start of what was received.</summary>
    /// <param name="received">All that was received so far.</param>
    /// <returns>Its length with the empty line behind it; 0 when it is not all there yet.</returns>
    /// <exception cref="MalformedAnswerException">It is no head, or too long.</exception>
    public int Read(ReadOnlySpan<byte> received)
    {
        int end = received.IndexOf("\r\n\r\n"u8);
        if (end is < 0 or > MaxBytes)
        {
            RequireStart(received);
            return received.Length > MaxBytes ? throw new MalformedAnswerException($"the answer's headers are longer than {MaxBytes >> 10} KB") : 0;
        }

        ReadOnlySpan<byte> head = received[..end];
        int line = LineOf(head);
        ReadStatus(head[..line]);
        while (line < head.Length)
        {
            head = head[(line + 2)..];
            line = LineOf(head);
            ReadHeader(head[..line]);
        }

        // A body in chunks ends where its chunks say, whatever a length beside them claims.
        ContentLength = IsChunked ? null : ContentLength;
        return end + 4;
    }

    private static int LineOf(ReadOnlySpan<byte> head) => head.IndexOf("\r\n"u8) is >= 0 and int end ? end : head.Length;

    /// <summary>So that what is no HTTP at all is told at once, and not when it ends or takes too long.</summary>
    private static void RequireStart(ReadOnlySpan<byte> received)
    {
        ReadOnlySpan<byte> start = "HTTP/1."u8;
        int length = Math.Min(received.Length, start.Length);
        if (!received[..length].SequenceEqual(start[..length]))
        {
            throw new MalformedAnswerException(MalformedAnswerException.NotHttp);
        }
    }

    /// <summary><c>HTTP/1.1 200 OK</c>; what is behind the code may be missing.</summary>
    private void ReadStatus(ReadOnlySpan<byte> line)
    {
        RequireStart(line);
        if (line.Length < 12 || line[7] is not ((byte)'0' or (byte)'1') || line[8] != ' ' || !TryWhole(line[9..12], out long status) || status < 100 || (line.Length > 12 && line[12] != ' '))
        {
            throw new MalformedAnswerException(MalformedAnswerException.NotHttp);
        }

        Status = (int)status;
        Reason = line.Length <= 13 ? "" : line[13..].SequenceEqual("OK"u8) ? "OK" : Latin.GetString(line[13..]);
        Closes = line[7] == '0';
        ContentLength = null;
        IsChunked = false;
        _timingLength = 0;
    }

    private void ReadHeader(ReadOnlySpan<byte> line)
    {
        int colon = line.IndexOf((byte)':');
        if (colon <= 0)
        {
            throw new MalformedAnswerException("the answer has a header without a name");
        }

        ReadOnlySpan<byte> name = line[..colon], value = line[(colon + 1)..].Trim(" \t"u8);
        switch (name.Length)
        {
            case 10 when Ascii.EqualsIgnoreCase(name, "Connection"u8):
                Closes = Has(value, "close"u8) || (Closes && !Has(value, "keep-alive"u8));
                break;
            case 13 when Ascii.EqualsIgnoreCase(name, "Server-Timing"u8):
                AddTiming(value);
                break;
            case 14 when Ascii.EqualsIgnoreCase(name, "Content-Length"u8):
                ContentLength = TryWhole(value, out long length) && (ContentLength ?? length) == length
                    ? length
                    : throw new MalformedAnswerException("the answer's Content-Length is not one whole number");
                break;
            case 17 when Ascii.EqualsIgnoreCase(name, "Transfer-Encoding"u8):
                IsChunked = Ascii.EqualsIgnoreCase(value, "chunked"u8)
                    ? true
                    : throw new MalformedAnswerException("the answer's Transfer-Encoding is not chunked, and nothing else was asked for");
                break;
        }
    }

    /// <summary>Is a word among those of a list with commas?</summary>
    private static bool Has(ReadOnlySpan<byte> list, ReadOnlySpan<byte> word)
    {
        foreach (Range range in list.Split((byte)','))
        {
            if (Ascii.EqualsIgnoreCase(list[range].Trim(" \t"u8), word))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Several headers of the name count as one list.</summary>
    private void AddTiming(ReadOnlySpan<byte> value)
    {
        if (_timingLength is > 0 and < MaxTiming)
        {
            _timing[_timingLength++] = ',';
        }

        _timingLength += Latin.GetChars(value[..Math.Min(value.Length, MaxTiming - _timingLength)], _timing.AsSpan(_timingLength));
    }

    /// <summary>Digits and nothing else.</summary>
    private static bool TryWhole(ReadOnlySpan<byte> text, out long value) =>
        Utf8Parser.TryParse(text, out value, out int used) && used == text.Length && char.IsAsciiDigit((char)text[0]);
}
