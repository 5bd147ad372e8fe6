using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Endpoints.Serving.Tests.Support;

/// <summary>A span as it came over the wire.</summary>
internal sealed record ReceivedSpan(string TraceId, string SpanId, string ParentId, string Name, ulong Kind, ulong Start, ulong End, string Attributes);

/// <summary>Takes OTLP over HTTP and reads the spans in it.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OtlpReceiver(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    public ConcurrentQueue<ReceivedSpan> Spans { get; } = [];

    public static async Task<OtlpReceiver> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new OtlpReceiver(builder.Build());
        receiver._app.MapPost("/v1/traces", receiver.ReceiveAsync);
        await receiver._app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        Assert.Equal("application/x-protobuf", context.Request.ContentType);
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        foreach (byte[] resource in Fields(body.ToArray(), 1))
        {
            foreach (byte[] span in Fields(resource, 2).SelectMany(scope => Fields(scope, 2)))
            {
                Spans.Enqueue(new(
                    Hex(span, 1), Hex(span, 2), Hex(span, 4), Encoding.UTF8.GetString(Fields(span, 5).Single()), Number(span, 6), Number(span, 7), Number(span, 8),
                    string.Join('\n', Fields(span, 9).Select(attribute => Encoding.UTF8.GetString(attribute)))));
            }
        }
    }

    private static string Hex(byte[] message, int field) => Convert.ToHexStringLower(Fields(message, field).SingleOrDefault([]));

    private static ulong Number(byte[] message, int field)
    {
        byte[] bytes = Fields(message, field).Single();
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>The values of a field of a protobuf message; numbers as eight bytes.</summary>
    private static IEnumerable<byte[]> Fields(byte[] message, int wanted)
    {
        for (int at = 0; at < message.Length;)
        {
            ulong key = Varint(message, ref at);
            byte[] value;
            switch (key & 7)
            {
                case 0:
                    value = BitConverter.GetBytes(Varint(message, ref at));
                    break;
                case 1:
                    value = message[at..(at += 8)];
                    break;
                case 2:
                    int length = (int)Varint(message, ref at);
                    value = message[at..(at += length)];
                    break;
                default:
                    value = message[at..(at += 4)];
                    break;
            }

            if ((int)(key >> 3) == wanted)
            {
                yield return value;
            }
        }
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte part = message[at++];
            value |= (ulong)(part & 127) << shift;
            if (part < 128)
            {
                return value;
            }
        }
    }
}
