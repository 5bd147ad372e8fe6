using System.Buffers.Text;
using System.Text;
using Endpoints.LoadTest.Users;

namespace Endpoints.LoadTest.Wire;

/// <summary>Writes requests to one target as they go over the wire; all but the length and the body is made once.</summary>
internal sealed class RequestWriter
{
    private const int MaxDigits = 11;
    private readonly byte[] _head;
    private byte[] _request = [];

    public RequestWriter(LoadTarget target)
    {
        IReadOnlyList<KeyValuePair<string, string>> headers = target.Connection.Headers;
        var head = new StringBuilder($"POST {target.Url.PathAndQuery} HTTP/1.1\r\n");
        AddUnlessGiven("Host", target.Url.IsDefaultPort ? target.Url.IdnHost : $"{HostOf(target.Url)}:{target.Url.Port}");
        AddUnlessGiven("Content-Type", "application/json");
        foreach ((string name, string value) in headers)
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        _head = Encoding.ASCII.GetBytes(head.Append("Content-Length: ").ToString());

        void AddUnlessGiven(string name, string value)
        {
            if (!headers.Any(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                head.Append(name).Append(": ").Append(value).Append("\r\n");
            }
        }
    }

    /// <summary>The bytes of a request; valid until the next is written.</summary>
    public ReadOnlyMemory<byte> Write(Question question)
    {
        int most = _head.Length + MaxDigits + 4 + question.Body.Length;
        if (_request.Length < most)
        {
            _request = new byte[most];
            _head.CopyTo(_request, 0);
        }

        int at = _head.Length;
        Utf8Formatter.TryFormat(question.Body.Length, _request.AsSpan(at), out int digits);
        at += digits;
        "\r\n\r\n"u8.CopyTo(_request.AsSpan(at));
        at += 4;
        question.Body.CopyTo(_request, at);
        return _request.AsMemory(0, at + question.Body.Length);
    }

    private static string HostOf(Uri url) => url.HostNameType == UriHostNameType.IPv6 ? $"[{url.IdnHost}]" : url.IdnHost;
}
