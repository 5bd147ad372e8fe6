using System.Globalization;
using System.Text;

namespace Endpoints.Serving.Tests.Fuzz;

/// <summary>Requests that no sane client sends, as bytes on a connection: broken HTTP, headers, chunks, JSON, UTF-8 and lengths; and mutations of sane ones.</summary>
internal static class HostileCorpus
{
    private const string Pair = """{"premise": "w7 x y", "hypothesis": "z"}""";

    private static readonly byte[][] Sane =
    [
        Post(Pair),
        Post("""{"pairs": [{"premise": "w7 x", "hypothesis": "z"}, {"text": "a b c"}]}"""),
        Post("""{"text": "\u00e9\ud83d\ude00 caf\u00e9 \\ \" \n"}"""),
        Chunked(Pair[..12], Pair[12..]),
        Post("""{"inputs": ["w7 x", "y"]}""", "/predict"),
        Post("""{"inputs": [{"name": "premise", "shape": [1], "datatype": "BYTES", "data": ["w7"]}, {"name": "hypothesis", "shape": [1], "datatype": "BYTES", "data": ["y"]}]}""", "/v2/models/any/infer"),
    ];

    private static readonly byte[][] Splices =
    [
        "\0"u8.ToArray(), "\r\n"u8.ToArray(), "\r\n\r\n"u8.ToArray(), [0xFF], [0xC3, 0x28], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], "\\ud800"u8.ToArray(), "\\u0000"u8.ToArray(),
        "\"\""u8.ToArray(), "[[[["u8.ToArray(), "{}"u8.ToArray(), "1e999"u8.ToArray(), "-0"u8.ToArray(), "null"u8.ToArray(), "99999999999999999999"u8.ToArray(), "Content-Length: 3\r\n"u8.ToArray(),
        "Transfer-Encoding: chunked\r\n"u8.ToArray(), ";=,"u8.ToArray(), Encoding.ASCII.GetBytes(new string('a', 5_000)),
    ];

    /// <summary>Every request with what is wrong with it.</summary>
    public static IEnumerable<(string Name, byte[] Request)> Fixed =>
    [
        .. Lines().Select(request => (request.Name, Encoding.Latin1.GetBytes(request.Text))),
        .. Bodies().Select(body => (body.Name, Post(body.Body))),
        .. Chunks().Select(chunks => (chunks.Name, Encoding.Latin1.GetBytes($"POST /invoke HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{chunks.Text}"))),
        .. Headers().Select(header => (header.Name, Encoding.Latin1.GetBytes($"POST /invoke HTTP/1.1\r\nHost: a\r\n{header.Text}\r\nContent-Length: {Pair.Length}\r\n\r\n{Pair}"))),
    ];

    /// <summary>A sane request with up to four wounds: bytes flipped, cut out, doubled, replaced, spliced in, or the end cut off.</summary>
    public static byte[] Mutated(Random random)
    {
        List<byte> request = [.. Sane[random.Next(Sane.Length)]];
        for (int wounds = random.Next(1, 5); wounds > 0 && request.Count > 1; wounds--)
        {
            int at = random.Next(request.Count), length = random.Next(1, Math.Min(16, request.Count - at) + 1);
            switch (random.Next(6))
            {
                case 0:
                    request[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    request.RemoveRange(at, length);
                    break;
                case 2:
                    request.InsertRange(at, request.GetRange(at, length));
                    break;
                case 3:
                    request[at] = (byte)random.Next(256);
                    break;
                case 4:
                    request.InsertRange(at, Splices[random.Next(Splices.Length)]);
                    break;
                default:
                    request.RemoveRange(at, request.Count - at);
                    break;
            }
        }

        return [.. request];
    }

    private static IEnumerable<(string Name, string Text)> Lines() =>
    [
        ("nothing", ""),
        ("a line break", "\r\n"),
        ("no HTTP", "hello\r\n\r\n"),
        ("zeros", new string('\0', 100)),
        ("a TLS hello", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003"),
        ("an HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        ("HTTP/0.9", "GET /\r\n\r\n"),
        ("HTTP/3.7", "GET / HTTP/3.7\r\nHost: a\r\n\r\n"),
        ("no host", "GET /health/live HTTP/1.1\r\n\r\n"),
        ("two hosts", "GET /health/live HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
        ("a host of nonsense", "GET /health/live HTTP/1.1\r\nHost: \u00ff\u00fe[::\r\n\r\n"),
        ("a method of nonsense", "G\u00e9T / HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("a long method", $"{new string('A', 4_000)} / HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("a long path", $"GET /{new string('a', 20_000)} HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("a path out of the root", "GET /../../../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("a path with zeros", "GET /endpoints/%00 HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("a path that is no UTF-8", "GET /endpoints/%ff%fe/ready HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("a path with half an escape", "GET /endpoints/%2 HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("a path with escaped slashes", "POST /endpoints/a%2Fb%5Cc/invoke HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"),
        ("a query of everything", "GET /endpoints?%00&&&=%&#;'\"<script> HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("an absolute path", "GET http://elsewhere/health/live HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("CONNECT", "CONNECT elsewhere:443 HTTP/1.1\r\nHost: elsewhere:443\r\n\r\n"),
        ("OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("TRACE", "TRACE /invoke HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("an upgrade", "GET /invoke HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"),
        ("bare line feeds", "GET /health/live HTTP/1.1\nHost: a\n\n"),
        ("a folded header", "GET /health/live HTTP/1.1\r\nHost: a\r\nX: a\r\n  b\r\n\r\n"),
        ("a header without a name", "GET /health/live HTTP/1.1\r\nHost: a\r\n: a\r\n\r\n"),
        ("a header with a space in its name", "GET /health/live HTTP/1.1\r\nHost: a\r\nX Y: a\r\n\r\n"),
        ("headers that end", "POST /invoke HTTP/1.1\r\nHost: a\r\nContent-Le"),
        ("a body without a length", "POST /invoke HTTP/1.1\r\nHost: a\r\n\r\n{}"),
        ("a body shorter than its length", "POST /invoke HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{}"),
        ("a length of -1", "POST /invoke HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n{}"),
        ("a length beyond numbers", "POST /invoke HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n{}"),
        ("a length of 2^63 - 1", "POST /invoke HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775807\r\n\r\n{}"),
        ("a length in hexadecimal", "POST /invoke HTTP/1.1\r\nHost: a\r\nContent-Length: 0x2\r\n\r\n{}"),
        ("two lengths", "POST /invoke HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}x"),
        ("a length and chunks", "POST /invoke HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ("a request smuggled in a body", "POST /invoke HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("an encoding of nonsense", "POST /invoke HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: magic\r\n\r\n{}"),
        ("a hundred requests at once", string.Concat(Enumerable.Repeat("GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n", 100))),
    ];

    private static IEnumerable<(string Name, byte[] Body)> Bodies() =>
    [
        ("brackets", Encoding.ASCII.GetBytes(new string('[', 200_000))),
        ("braces", Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("{\"pairs\":[", 20_000)))),
        ("zeros in a body", new byte[1_000]),
        ("bytes of every value", [.. Enumerable.Range(0, 256).Select(value => (byte)value)]),
        ("overlong UTF-8", [.. "{\"text\": \""u8, 0xC0, 0xAF, 0xE0, 0x80, 0xAF, .. "\"}"u8]),
        ("a surrogate in UTF-8", [.. "{\"text\": \""u8, 0xED, 0xA0, 0x80, .. "\"}"u8]),
        ("a cut character", [.. "{\"text\": \""u8, 0xF0, 0x9F, 0x98, .. "\"}"u8]),
        ("half a surrogate pair", "{\"text\": \"\\ud83d\"}"u8.ToArray()),
        ("UTF-16", Encoding.Unicode.GetBytes(Pair)),
        ("UTF-32", Encoding.UTF32.GetBytes(Pair)),
        ("a byte order mark", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Pair)]),
        ("zeros in a text", "{\"text\": \"a\\u0000b\"}"u8.ToArray()),
        ("controls in a text", [.. "{\"text\": \"a"u8, 1, 2, 3, .. "\"}"u8]),
        ("a word of a million letters", Encoding.ASCII.GetBytes($"{{\"text\": \"{new string('a', 1_000_000)}\"}}")),
        ("a million words", Encoding.ASCII.GetBytes($"{{\"text\": \"{string.Concat(Enumerable.Repeat("a ", 1_000_000))}\"}}")),
        ("combining marks", Encoding.UTF8.GetBytes($"{{\"text\": \"a{string.Concat(Enumerable.Repeat("\u0301", 50_000))}\"}}")),
        ("text from right to left", Encoding.UTF8.GetBytes("{\"text\": \"\u202e\u0634\u0645\u0633 \u200f\u200b\u2060\"}")),
        ("nothing but spaces", Encoding.UTF8.GetBytes("{\"text\": \"\u00a0\u2003\u3000\"}")),
        ("ten thousand fields", Encoding.ASCII.GetBytes($"{{{string.Join(',', Enumerable.Range(0, 10_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"\"f{i}\":1")))}}}")),
        ("ten thousand pairs", Encoding.ASCII.GetBytes($"{{\"pairs\":[{string.Join(',', Enumerable.Repeat("{\"text\":\"a\"}", 10_000))}]}}")),
        ("the same field", "{\"text\":\"a\",\"text\":\"b\"}"u8.ToArray()),
        ("a field of escapes", "{\"\\u0074\\u0065\\u0078\\u0074\": \"a\"}"u8.ToArray()),
        ("a number without end", Encoding.ASCII.GetBytes($"{{\"text\": {new string('9', 100_000)}}}")),
        ("a comment", "{/* no */ \"text\": \"a\"}"u8.ToArray()),
        ("two documents", Encoding.ASCII.GetBytes(Pair + Pair)),
    ];

    private static IEnumerable<(string Name, string Text)> Chunks() =>
    [
        ("no chunk", ""),
        ("a chunk without its end", "a\r\n{\"text\""),
        ("a chunk shorter than said", "ff\r\n{}\r\n0\r\n\r\n"),
        ("a chunk longer than said", "1\r\n{}\r\n0\r\n\r\n"),
        ("chunks without the last", "2\r\n{}\r\n"),
        ("a last chunk without its end", "2\r\n{}\r\n0\r\n"),
        ("a size of nonsense", "zz\r\n{}\r\n0\r\n\r\n"),
        ("a size of -1", "-1\r\n{}\r\n0\r\n\r\n"),
        ("a size beyond numbers", "fffffffffffffffff\r\n{}\r\n0\r\n\r\n"),
        ("a size of 2 GiB", "7fffffff\r\n{}\r\n"),
        ("an extension without end", $"2;{new string('a', 100_000)}\r\n{{}}\r\n0\r\n\r\n"),
        ("trailers", "2\r\n{}\r\n0\r\nX: a\r\nContent-Length: 5\r\n\r\n"),
        ("trailers of nonsense", "2\r\n{}\r\n0\r\n\0: \0\r\n\r\n"),
        ("a thousand chunks of a byte", string.Concat(Pair.PadRight(1_000).Select(letter => $"1\r\n{letter}\r\n")) + "0\r\n\r\n"),
    ];

    private static IEnumerable<(string Name, string Text)> Headers() =>
    [
        ("a thousand headers", string.Join("\r\n", Enumerable.Range(0, 1_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"X-{i}: a")))),
        ("a header of 100,000 bytes", $"X: {new string('a', 100_000)}"),
        ("zeros in a header", "X: a\0b"),
        ("a header that is no ASCII", "X-Endpoint: \u00e9\u00ff"),
        ("an endpoint of a long name", $"X-Endpoint: {new string('a', 5_000)}"),
        ("an endpoint with line breaks", "X-Endpoint: a\rb"),
        ("a type of nonsense", "Content-Type: \u00ff;;;="),
        ("a type without end", $"Content-Type: application/json; {new string('a', 5_000)}"),
        ("a charset of nonsense", "Content-Type: application/json; charset=\"\\"),
        ("an encoding that is not there", "Content-Encoding: gzip, br, deflate, nothing"),
        ("a trace of nonsense", "traceparent: 00-zz-zz-zz\r\ntracestate: =,=,="),
        ("a key of nonsense", "Authorization: Bearer \u00ff\u00fe"),
        ("a thousand cookies", $"Cookie: {string.Concat(Enumerable.Repeat("a=b; ", 1_000))}"),
        ("an expectation", "Expect: 200-nothing"),
        ("ranges", "Range: bytes=0-,0-,0-,0-,0-"),
        ("a forwarded nonsense", "X-Forwarded-For: '; drop table\r\nForwarded: for=\"[\""),
        ("a deadline of nonsense", "X-Deadline-Ms: -1e309\r\nX-Priority: \u00ff"),
    ];

    private static byte[] Post(string body, string path = "/invoke") => Post(Encoding.UTF8.GetBytes(body), path);

    private static byte[] Post(byte[] body, string path = "/invoke") =>
        [.. Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n"), .. body];

    private static byte[] Chunked(params string[] parts) => Encoding.ASCII.GetBytes(
        $"POST /invoke HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{string.Concat(parts.Select(part => $"{part.Length:x}\r\n{part}\r\n"))}0\r\n\r\n");
}
