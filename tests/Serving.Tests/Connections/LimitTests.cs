using System.Net.Sockets;
using Endpoints.Serving.Tests.Support;

namespace Endpoints.Serving.Tests.Connections;

/// <summary>Clients that send too much, too slowly, or nothing. What Kestrel's own clock decides takes the second or so that its shortest limits are.</summary>
public sealed class LimitTests
{
    [Fact]
    public async Task Headers_TooMany_Is431()
    {
        await using TestHost host = await TestHost.StartAsync(("Endpoints:Connections:MaxHeaders", "10"));

        Assert.Equal("HTTP/1.1 200 OK", await StatusAsync(host, Get(string.Concat(Enumerable.Range(0, 9).Select(i => $"X-{i}: a\r\n")))));
        Assert.Equal("HTTP/1.1 431 Request Header Fields Too Large", await StatusAsync(host, Get(string.Concat(Enumerable.Range(0, 10).Select(i => $"X-{i}: a\r\n")))));
    }

    [Fact]
    public async Task Headers_TooLong_Is431()
    {
        await using TestHost host = await TestHost.StartAsync(("Endpoints:Connections:MaxHeaderBytes", "2000"));

        Assert.Equal("HTTP/1.1 200 OK", await StatusAsync(host, Get($"X: {new string('a', 1_900)}\r\n")));
        Assert.Equal("HTTP/1.1 431 Request Header Fields Too Large", await StatusAsync(host, Get($"X: {new string('a', 2_000)}\r\n")));
    }

    [Fact]
    public async Task RequestLine_TooLong_Is414()
    {
        await using TestHost host = await TestHost.StartAsync(("Endpoints:Connections:MaxRequestLineBytes", "300"));

        Assert.Equal("HTTP/1.1 200 OK", await StatusAsync(host, Get("", $"/health/live?{new string('a', 250)}")));
        Assert.Equal("HTTP/1.1 414 URI Too Long", await StatusAsync(host, Get("", $"/health/live?{new string('a', 300)}")));
    }

    [Fact]
    public async Task Headers_ThatNeverEnd_Are408()
    {
        await using TestHost host = await TestHost.StartAsync(("Endpoints:Connections:HeaderTimeout", "00:00:01"));

        Assert.Equal("HTTP/1.1 408 Request Timeout", await StatusAsync(host, "GET /health/live HTTP/1.1\r\nHost: test\r\nX-Slow: "));
    }

    [Fact]
    public async Task Connection_WithoutARequest_IsClosed()
    {
        await using TestHost host = await TestHost.StartAsync(("Endpoints:Connections:KeepAliveTimeout", "00:00:01"));
        using var client = new RawClient(host.Address);

        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Body_SlowerThanTheLeastRate_Is408()
    {
        await using TestHost host = await TestHost.StartAsync(
            ("Endpoints:Connections:MinBytesPerSecond", "1000"), ("Endpoints:Connections:SlowPeriod", "00:00:01.1"));

        using var client = new RawClient(host.Address);
        await client.SendAsync("POST /invoke HTTP/1.1\r\nHost: test\r\nContent-Length: 5000\r\n\r\n{\"premise\"");

        string answer = await client.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.Equal(1, (await Scrape.OfAsync(host))["""endpoints_requests_total{endpoint="base",outcome="invalid"}"""]);
    }

    [Theory]
    [InlineData("Content-Length: 5000\r\n\r\n{\"premise\"")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\na\r\n{\"premise\"\r\n")]
    public async Task Body_LongerThanItsTime_Is408AndTheConnectionCloses(string rest)
    {
        var time = new ManualTimeProvider();
        await using TestHost host = await TestHost.StartAsync(new FakeEngine(), time, ("Endpoints:Connections:BodyTimeout", "00:00:20"));
        using var client = new RawClient(host.Address);
        await client.SendAsync($"POST /invoke HTTP/1.1\r\nHost: test\r\n{rest}");
        await TestHost.Until(() => time.Waiting == 1);

        time.Advance(TimeSpan.FromSeconds(20));

        string head = await client.ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 408 ", head, StringComparison.Ordinal);
        Assert.Contains("Connection: close", head, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", head, StringComparison.Ordinal);
        Assert.Equal(0, time.Waiting);
    }

    [Fact]
    public async Task Body_InPiecesWithinItsTime_IsAnsweredAndLeavesNoTimer()
    {
        var time = new ManualTimeProvider();
        await using TestHost host = await TestHost.StartAsync(new FakeEngine(), time);
        string body = TestHost.Body();
        using var client = new RawClient(host.Address);
        await client.SendAsync($"POST /invoke HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n{body[..10]}");
        await TestHost.Until(() => time.Waiting == 1);
        time.Advance(TimeSpan.FromSeconds(29));

        await client.SendAsync(body[10..]);

        Assert.StartsWith("HTTP/1.1 200 ", await client.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Equal(0, time.Waiting);
    }

    [Theory]
    [InlineData("zz\r\n")]
    [InlineData("7fffffffff\r\n{}\r\n0\r\n\r\n")]
    [InlineData("fffffffffffffffffffff\r\n{}\r\n0\r\n\r\n")]
    [InlineData("2\r\n{}\r\n0\r\nX: a\0b\r\n\r\n")]
    public async Task Chunks_ThatAreNoHttp_Are400(string chunks)
    {
        await using TestHost host = await TestHost.StartAsync();
        using var client = new RawClient(host.Address);
        await client.SendAsync($"POST /invoke HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}");

        Assert.StartsWith("HTTP/1.1 400 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_OverTheLimit_AreClosedAtOnceAndTheOthersStay()
    {
        await using TestHost host = await TestHost.StartAsync(("Endpoints:Connections:MaxConnections", "2"));
        using RawClient one = new(host.Address), two = new(host.Address);
        await one.SendAsync(Get("Connection: keep-alive\r\n"));
        Assert.StartsWith("HTTP/1.1 200 OK", await one.ReadHeadAsync(), StringComparison.Ordinal);
        await two.SendAsync(Get("Connection: keep-alive\r\n"));
        Assert.StartsWith("HTTP/1.1 200 OK", await two.ReadHeadAsync(), StringComparison.Ordinal);

        using var three = new RawClient(host.Address);
        string answer = "";
        try
        {
            await three.SendAsync(Get(""));
            answer = await three.ReadToEndAsync();
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            // A reset is as good as an end.
        }

        Assert.Equal("", answer);
        await one.SendAsync(Get(""));
        Assert.StartsWith("HTTP/1.1 200 OK", await one.ReadHeadAsync(), StringComparison.Ordinal);
    }

    private static string Get(string headers, string path = "/health/live") => $"GET {path} HTTP/1.1\r\nHost: test\r\n{headers}\r\n";

    private static async Task<string?> StatusAsync(TestHost host, string request)
    {
        using var client = new RawClient(host.Address);
        await client.SendAsync(request);
        return await client.ReadStatusAsync();
    }
}
