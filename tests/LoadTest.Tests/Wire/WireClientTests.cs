using System.Text;
using Endpoints.LoadTest.Measuring;
using Endpoints.LoadTest.Targets;
using Endpoints.LoadTest.Tests.Support;
using Endpoints.LoadTest.Users;
using Endpoints.LoadTest.Wire;

namespace Endpoints.LoadTest.Tests.Wire;

public sealed class WireClientTests
{
    private const string Right = """{"label":"entailment"}""";
    private static readonly Question Asked = Question.From(Sample.Pairs[0], RequestForm.Pairs);

    public static TheoryData<string> Answers => new(
    [
        $"HTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\n{Right}",
        $"HTTP/1.1 200 OK\r\ncontent-LENGTH:22\t\r\nX: \r\n\r\n{Right}",
        $"HTTP/1.1 200\r\nContent-Length: 22\r\n\r\n{Right}",
        $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n16\r\n{Right}\r\n0\r\n\r\n",
        $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;name=\"a b\"\r\n{{\r\n0015 \r\n{Right[1..]}\r\n00\r\nTrailer: x\r\n\r\n",
        $"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\n{Right}",
        $"HTTP/1.1 200 OK\r\nConnection: Keep-Alive, CLOSE\r\nContent-Length: 22\r\n\r\n{Right}",
        $"HTTP/1.0 200 OK\r\nContent-Length: 22\r\n\r\n{Right}",
        "HTTP/1.1 204 No Content\r\nServer: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.1 503 Service Unavailable\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "HTTP/1.1 301 Moved Permanently\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        "220 mail ready\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ]);

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task AskAsync_AnyFormOfAnswer_IsWhatHttpClientMakesOfIt(string answer)
    {
        foreach (int piece in (int[])[0, 1, 7])
        {
            using var server = new CannedServer(_ => Canned.Of(answer, piece));
            using var wire = Connect(server.Url);
            using var http = new TargetClient(new LoadTarget("base", server.Url), Sample.Options(), TimeProvider.System, default);

            Answer[] found = [await AskAsync(wire), await AskAsync(wire)];
            Answer expected = await AskAsync(http);

            Assert.All(found, each => Assert.Equal((expected.Outcome, expected.Correct, expected.MayRetry), (each.Outcome, each.Correct, each.MayRetry)));
            Assert.All(found, each => Assert.Equal(expected.Exception is null, each.Exception is null));
            if (expected.Exception is null)
            {
                Assert.All(found, each => Assert.Equal(expected.Bytes, each.Bytes));
                Assert.Equal(Encoding.UTF8.GetString(http.Body), Encoding.UTF8.GetString(wire.Body));
            }

            bool closes = expected.Exception is not null || answer.Contains("CLOSE", StringComparison.Ordinal) || answer.Contains("/1.0", StringComparison.Ordinal);
            Assert.Equal(closes ? 3 : 2, server.Connections);
        }
    }

    [Fact]
    public async Task AskAsync_NoLength_ReadsToTheEndOfTheConnection()
    {
        using var server = new CannedServer(_ => Canned.Of($"HTTP/1.1 200 OK\r\n\r\n{Right}", 5) with { Closes = true });
        using var client = Connect(server.Url);

        Answer[] found = [await AskAsync(client), await AskAsync(client)];

        Assert.All(found, each => Assert.Equal((Outcome.Ok, true, 22L), (each.Outcome, each.Correct, each.Bytes)));
        Assert.Equal(2, server.Connections);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 23\r\n\r\n{")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n16\r\n{")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le")]
    [InlineData("")]
    public async Task AskAsync_ConnectionEndsEarly_IsRefusedAndTheNextIsAnswered(string start)
    {
        using var server = new CannedServer(i => i == 0 ? Canned.Of(start) with { Closes = true } : Canned.Of($"HTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\n{Right}"));
        using var client = Connect(server.Url);

        Answer cut = await AskAsync(client), next = await AskAsync(client);

        Assert.Equal((Outcome.Refused, "connection closed before the answer was complete", true), (cut.Outcome, cut.Error, cut.MayRetry));
        Assert.Equal(Outcome.Ok, next.Outcome);
        Assert.Equal(2, server.Requests.Count);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}", "Content-Length")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n{", "Content-Length")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}", "Content-Length")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "Transfer-Encoding")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "header without a name")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", "longer than it says")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000000\r\nab\r\n", "does not start with its size")]
    [InlineData("HTTP/2.0 200 OK\r\n\r\n", "not HTTP")]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n", "not HTTP")]
    [InlineData("HTTP/1.1 099 OK\r\n\r\n", "not HTTP")]
    public async Task AskAsync_MalformedAnswer_IsWrongAndSaysHow(string answer, string how)
    {
        using var server = new CannedServer(_ => Canned.Of(answer));
        using var client = Connect(server.Url);

        Answer found = await AskAsync(client);

        Assert.Equal(Outcome.Wrong, found.Outcome);
        Assert.Contains(how, found.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nX: ", "\r\n\r\n", "longer than 64 KB")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", "\r\n", "too long")]
    public async Task AskAsync_EndlessHeadOrLine_IsWrong(string start, string end, string how)
    {
        using var server = new CannedServer(_ => Canned.Of(start + new string('x', 70_000) + end));
        using var client = Connect(server.Url);

        Answer found = await AskAsync(client);

        Assert.Equal(Outcome.Wrong, found.Outcome);
        Assert.Contains(how, found.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1_000_000, true)]
    [InlineData(20 << 20, false)]
    public async Task AskAsync_LongBody_IsCountedWholeAndKeptUpToALimit(int length, bool isKept)
    {
        string body = $"{{\"x\":\"{new string('x', length)}\",\"label\":\"entailment\"}}";
        string[] answers =
        [
            $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}",
            $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n{body}\r\n0\r\n\r\n",
        ];
        using var server = new CannedServer(i => Canned.Of(answers[i % 2]));
        using var client = Connect(server.Url);

        Answer[] found = [await AskAsync(client), await AskAsync(client), await AskAsync(client)];

        Assert.All(found, each => Assert.Equal((isKept ? Outcome.Ok : Outcome.Wrong, (long)body.Length), (each.Outcome, each.Bytes)));
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task AskAsync_MoreThanTheAnswer_IsNotTakenForTheNextOne()
    {
        string answer = $"HTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\n{Right}";
        using var server = new CannedServer(_ => Canned.Of(answer + "HTTP/1.1 500 Oh\r\n\r\n"));
        using var client = Connect(server.Url);

        Assert.Equal((Outcome.Ok, Outcome.Ok), ((await AskAsync(client)).Outcome, (await AskAsync(client)).Outcome));
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task AskAsync_ConnectionClosedInAPause_IsReplacedBeforeAnythingIsSent()
    {
        var clock = new ManualClock();
        using var server = new CannedServer(i => Canned.Of($"HTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\n{Right}") with { Closes = i == 0 });
        using var client = new WireClient(new LoadTarget("base", server.Url), Sample.Options(), clock, default);

        Answer first = await AskAsync(client);
        await server.Closed.Task;
        clock.Advance(TimeSpan.FromSeconds(1));
        Answer second = await AskAsync(client);

        Assert.Equal((Outcome.Ok, Outcome.Ok), (first.Outcome, second.Outcome));
        Assert.Equal((2, 2), (server.Connections, server.Requests.Count));
    }

    [Fact]
    public async Task AskAsync_Request_IsWrittenByteForByte()
    {
        using var server = new CannedServer(_ => Canned.Of($"HTTP/1.1 200 OK\r\nServer-Timing: queue;dur=1, cache\r\nserver-timing: compute;dur=2.5, total;dur=4\r\nContent-Length: 22\r\n\r\n{Right}"));
        var target = new LoadTarget("base", server.Url) { Connection = new TargetConnection { Headers = [new("X-Trace", "on"), new("content-type", "text/json")] } };
        using var client = new WireClient(target, Sample.Options(), TimeProvider.System, default);

        Answer answer = await AskAsync(client);

        string body = Encoding.UTF8.GetString(Asked.Body);
        Assert.Equal(
            $"POST /endpoints/base/invoke?a=1 HTTP/1.1\r\nHost: 127.0.0.1:{server.Url.Port}\r\nX-Trace: on\r\ncontent-type: text/json\r\nContent-Length: {body.Length}\r\n\r\n{body}",
            Assert.Single(server.Requests));
        Assert.Equal(new ServerTiming(1000, 2500, 4000), answer.Timing);
    }

    [Fact]
    public async Task AskAsync_InterruptedBeforeIt_SendsNothing()
    {
        using var interruption = new CancellationTokenSource();
        using var server = new CannedServer(_ => null);
        using var client = new WireClient(new LoadTarget("base", server.Url), Sample.Options(), TimeProvider.System, interruption.Token);
        await interruption.CancelAsync();

        Assert.Null(await client.AskAsync(Asked));
        Assert.Equal(0, server.Connections);
    }

    private static WireClient Connect(Uri url) => new(new LoadTarget("base", url), Sample.Options(), TimeProvider.System, default);

    private static async Task<Answer> AskAsync(IAsker client) => (await client.AskAsync(Asked).WaitAsync(TimeSpan.FromSeconds(60)))!.Value;
}
