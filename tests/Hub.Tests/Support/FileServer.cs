using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Endpoints.Hub.Tests.Support;

/// <summary>A request that a server saw.</summary>
internal sealed record Seen(string Method, string Path, string? Authorization, string? Range, string? IfRange);

/// <summary>An HTTP server on a port of its own. A test replaces the answer to any request.</summary>
internal sealed class FileServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private int _requests;

    private FileServer(WebApplication application) => _application = application;

    public Uri Address => new(_application.Urls.First());

    public ConcurrentQueue<Seen> Requests { get; } = [];

    /// <summary>Called before the usual answer with the request's number, from 1; true when it has answered itself.</summary>
    public Func<HttpContext, int, Task<bool>> Instead { get; set; } = (_, _) => Task.FromResult(false);

    public static async Task<FileServer> StartAsync(Func<HttpContext, Task> answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication application = builder.Build();
        var server = new FileServer(application);
        application.Run(async context =>
        {
            HttpRequest request = context.Request;
            server.Requests.Enqueue(new Seen(request.Method, request.Path + request.QueryString, Header("Authorization"), Header("Range"), Header("If-Range")));
            if (!await server.Instead(context, Interlocked.Increment(ref server._requests)))
            {
                await answer(context);
            }

            string? Header(string name) => request.Headers.TryGetValue(name, out var value) ? value.ToString() : null;
        });
        await application.StartAsync();
        return server;
    }

    /// <summary>A server of one file, with ranges and an entity tag as a good server has them.</summary>
    public static Task<FileServer> OfAsync(byte[] content, string entityTag = "\"one\"") => StartAsync(context => SendAsync(context, content, entityTag));

    public static async Task SendAsync(HttpContext context, byte[] content, string? entityTag, bool knowsRanges = true, int? stopAfter = null)
    {
        HttpResponse response = context.Response;
        if (entityTag is not null)
        {
            response.Headers.ETag = entityTag;
        }

        int from = 0;
        bool sameFile = !context.Request.Headers.TryGetValue("If-Range", out var ifRange) || ifRange == entityTag;
        if (knowsRanges && sameFile && context.Request.GetTypedHeaders().Range?.Ranges.First().From is { } asked)
        {
            if (asked >= content.Length)
            {
                response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
                response.Headers.ContentRange = $"bytes */{content.Length}";
                return;
            }

            from = (int)asked;
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = $"bytes {from}-{content.Length - 1}/{content.Length}";
        }

        response.ContentLength = content.Length - from;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(content.AsMemory(from, Math.Min(stopAfter ?? int.MaxValue, content.Length - from)), context.RequestAborted);
        }
    }

    /// <summary>Sends less than it announced: the server closes the connection then. (An abort could take back what the client has not read yet.)</summary>
    public static Task CutAsync(HttpContext context, byte[] content, string? entityTag, int after) => SendAsync(context, content, entityTag, stopAfter: after);

    /// <summary>Sends some of the file, then nothing until the client leaves.</summary>
    public static async Task StallAsync(HttpContext context, byte[] content, string? entityTag, int after)
    {
        await SendAsync(context, content, entityTag, stopAfter: after);
        await context.Response.Body.FlushAsync();
        await SilenceAsync(context);
    }

    /// <summary>Nothing until the client leaves.</summary>
    public static async Task SilenceAsync(HttpContext context)
    {
        var left = new TaskCompletionSource();
        using (context.RequestAborted.Register(left.SetResult))
        {
            await left.Task;
        }
    }

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();
}
