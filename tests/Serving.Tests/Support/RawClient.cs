using System.Net.Sockets;
using System.Text;

namespace Endpoints.Serving.Tests.Support;

/// <summary>A bare connection, for what an HTTP client would never send.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly TcpClient _client = new();

    public RawClient(Uri address) => _client.Connect(address.Host, address.Port);

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    public async Task SendAsync(byte[] bytes) => await _client.GetStream().WriteAsync(bytes);

    public Task PostAsync(string body, string path = "/invoke") => SendAsync(
        $"POST {path} HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");

    /// <summary>Reads until the server closes.</summary>
    public async Task<string> ReadToEndAsync()
    {
        using var reader = new StreamReader(_client.GetStream());
        return await reader.ReadToEndAsync().WaitAsync(TestHost.Patience);
    }

    /// <summary>Reads the first line of the answer.</summary>
    public async Task<string?> ReadStatusAsync()
    {
        using var reader = new StreamReader(_client.GetStream());
        return await reader.ReadLineAsync().WaitAsync(TestHost.Patience);
    }

    /// <summary>Reads the status line and the headers, and leaves the connection open.</summary>
    public async Task<string> ReadHeadAsync()
    {
        using var reader = new StreamReader(_client.GetStream(), leaveOpen: true);
        var head = new StringBuilder();
        while (await reader.ReadLineAsync().WaitAsync(TestHost.Patience) is { Length: > 0 } line)
        {
            head.Append(line).Append('\n');
        }

        return head.ToString();
    }

    /// <summary>Vanishes, with a reset.</summary>
    public void Abort()
    {
        _client.LingerState = new LingerOption(true, 0);
        _client.Dispose();
    }

    public void Dispose() => _client.Dispose();
}
