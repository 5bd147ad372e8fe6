using System.Globalization;
using System.Net;
using System.Text;
using Endpoints.Serving.Tests.Support;

namespace Endpoints.Serving.Tests.Tracing;

/// <summary>Hosts of other tests are heard too, for sources are found by name; so spans are told apart by trace or path.</summary>
public sealed class TracingTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string Caller = "b7ad6b7169203331";

    [Fact]
    public async Task Request_OfASampledTrace_IsASpanInItWithAChildForEachStretch()
    {
        ReceivedSpan[] spans = await SpansAsync("0", async host =>
        {
            using HttpResponseMessage answer = await SendAsync(host, TestHost.Body(), $"00-{Trace}-{Caller}-01", "/endpoints/base/invoke");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        });

        spans = [.. spans.Where(span => span.TraceId == Trace)];
        ReceivedSpan server = Assert.Single(spans, span => span.ParentId == Caller);
        Assert.Equal(("POST /endpoints/{name}/invoke", 2ul), (server.Name, server.Kind));
        foreach (string text in (string[])["http.route", "/endpoints/{name}/invoke", "http.response.status_code", "endpoints.endpoint", "base"])
        {
            Assert.Contains(text, server.Attributes, StringComparison.Ordinal);
        }

        ReceivedSpan[] children = [.. spans.Where(span => span.ParentId == server.SpanId).OrderBy(span => span.Start)];
        Assert.Equal(["read", "tokenize", "queue", "compute", "respond"], children.Select(child => child.Name));
        Assert.Equal(6, spans.Length);

        // One begins where the other ends, to the 100 ns of a clock's tick and a rounding.
        Assert.All(children.Zip(children.Skip(1)), pair => Assert.InRange((long)pair.Second.Start - (long)pair.First.End, -1_000, 1_000));
        Assert.True(server.Start <= children[0].Start + 1_000_000 && children[^1].End <= server.End + 1_000_000);
    }

    [Theory]
    [InlineData("00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", "1")]
    [InlineData(null, "0")]
    public async Task Request_NotSampledByItsParentOrTheRatio_HasNoSpan(string? traceParent, string ratio)
    {
        ReceivedSpan[] spans = await SpansAsync(ratio, async host =>
        {
            (await SendAsync(host, TestHost.Body(), traceParent, "/endpoints/not-sampled/invoke")).Dispose();
            (await SendAsync(host, TestHost.Body(), $"00-{Trace}-{Caller}-01", "/endpoints/base/invoke")).Dispose();
        });

        Assert.NotEmpty(spans);
        Assert.DoesNotContain(spans, span => span.Attributes.Contains("/endpoints/not-sampled/invoke", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Request_WithoutAParentAtRatioOne_IsARoot()
    {
        ReceivedSpan[] spans = await SpansAsync("1", async host => (await SendAsync(host, "{}", null, "/endpoints/sampled/invoke")).Dispose());

        ReceivedSpan refused = Assert.Single(spans, span => span.Attributes.Contains("/endpoints/sampled/invoke", StringComparison.Ordinal));
        Assert.Equal("", refused.ParentId);
        Assert.DoesNotContain(spans, span => span.ParentId == refused.SpanId);
    }

    [Fact]
    public async Task ServerTiming_OfAnAnswer_AddsUpToItsTotal()
    {
        await using TestHost host = await TestHost.StartAsync();
        for (int i = 0; i < 20; i++)
        {
            using HttpResponseMessage answer = await host.PostAsync(TestHost.Body(6 + i));

            (string Name, double Milliseconds)[] parts = [.. answer.Headers.GetValues("Server-Timing").Single().Split(", ").Select(part =>
                (part[..part.IndexOf(';')], double.Parse(part[(part.IndexOf('=') + 1)..], CultureInfo.InvariantCulture)))];

            Assert.Equal(["read", "tokenize", "queue", "compute", "respond", "total"], parts.Select(part => part.Name));

            // Each is rounded to a microsecond.
            Assert.Equal(parts[^1].Milliseconds, parts[..^1].Sum(part => part.Milliseconds), 0.0031);
        }
    }

    private static async Task<ReceivedSpan[]> SpansAsync(string ratio, Func<TestHost, Task> send)
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        await using (TestHost host = await TestHost.StartAsync(
            ("Endpoints:Server:OtlpEndpoint", receiver.Address.ToString()), ("Endpoints:Server:OtlpProtocol", "Http"), ("Endpoints:Tracing:SampleRatio", ratio)))
        {
            await send(host);
        }

        // The host sends what it has when it ends.
        return [.. receiver.Spans];
    }

    private static Task<HttpResponseMessage> SendAsync(TestHost host, string body, string? traceParent, string path = "/invoke")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (traceParent is not null)
        {
            request.Headers.Add("traceparent", traceParent);
        }

        return host.Client.SendAsync(request);
    }
}
