namespace Endpoints.LoadTest.Wire;

/// <summary>Takes a body out of its chunks, however the bytes that come are cut.</summary>
internal struct ChunkedBody
{
    /// <summary>The longest line of a size with its extensions, or of a trailer.</summary>
    private const int MaxLine = 8 << 10;

    /// <summary>More than any body; a larger size would not fit a number.</summary>
    private const int MaxDigits = 15;

    private Part _part;
    private long _left;

    private enum Part
    {
        Size,
        Data,
        EndOfData,
        Trailers,
        Done,
    }

    /// <summary>Is the last chunk, and what trails it, taken?</summary>
    public readonly bool IsDone => _part == Part.Done;

    /// <summary>Takes what it can.</summary>
    /// <param name="received">What came and was not taken yet.</param>
    /// <param name="used">Bytes of it that need not be given again.</param>
    /// <returns>A stretch of the body within what was used; empty when more has to come first, or the body is done.</returns>
    /// <exception cref="MalformedAnswerException">These are no chunks.</exception>
    public ReadOnlySpan<byte> Take(ReadOnlySpan<byte> received, out int used)
    {
        used = 0;
        while (_part != Part.Done)
        {
            ReadOnlySpan<byte> rest = received[used..];
            if (_part == Part.Data)
            {
                int length = (int)Math.Min(_left, rest.Length);
                used += length;
                _left -= length;
                _part = _left == 0 ? Part.EndOfData : Part.Data;
                return rest[..length];
            }

            int line = rest.IndexOf("\r\n"u8);
            if (line < 0)
            {
                return rest.Length <= MaxLine ? default : throw new MalformedAnswerException("a line between the answer's chunks is too long");
            }

            used += line + 2;
            ReadLine(rest[..line]);
        }

        return default;
    }

    private void ReadLine(ReadOnlySpan<byte> line)
    {
        switch (_part)
        {
            case Part.Size:
                _left = SizeOf(line);
                _part = _left == 0 ? Part.Trailers : Part.Data;
                break;
            case Part.EndOfData:
                _part = line.IsEmpty ? Part.Size : throw new MalformedAnswerException("a chunk of the answer is longer than it says");
                break;
            case Part.Trailers:
                _part = line.IsEmpty ? Part.Done : Part.Trailers;
                break;
        }
    }

    /// <summary>A size in hexadecimal; what is behind a semicolon or space says nothing here.</summary>
    private static long SizeOf(ReadOnlySpan<byte> line)
    {
        int end = line.IndexOfAny((byte)';', (byte)' ', (byte)'\t');
        ReadOnlySpan<byte> digits = end < 0 ? line : line[..end];
        long size = 0;
        foreach (byte digit in digits)
        {
            size = char.IsAsciiHexDigit((char)digit) && digits.Length <= MaxDigits
                ? (size << 4) + (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10)
                : throw new MalformedAnswerException("a chunk of the answer does not start with its size");
        }

        return digits.IsEmpty ? throw new MalformedAnswerException("a chunk of the answer does not start with its size") : size;
    }
}
