using System.Diagnostics;
using Endpoints.Serving.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Endpoints.Serving.Tracing;

/// <summary>A span for each invocation, in the trace of its caller where it names one (W3C <c>traceparent</c>), with a child for each stretch of its way.</summary>
internal static class RequestTracing
{
    public const string SourceName = "Endpoints.Serving";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Runs a request inside a span. Costs a look while nobody listens; health, metrics and lists have none.</summary>
    public static Task InvokeAsync(HttpContext context, RequestDelegate next) =>
        Source.HasListeners() && HttpMethods.IsPost(context.Request.Method) ? TraceAsync(context, next) : next(context);

    /// <summary>Adds the stretches of an answered request to its span.</summary>
    public static void Record(string endpoint, RequestTimings timings, TimeProvider time)
    {
        if (Activity.Current is not { IsAllDataRequested: true } span || span.Source != Source)
        {
            return;
        }

        span.SetTag("endpoints.endpoint", endpoint);
        DateTimeOffset now = time.GetUtcNow();
        long at = time.GetTimestamp();
        AddChild("read", timings.Received, timings.Read);
        AddChild("tokenize", timings.Read, timings.Tokenized);
        AddChild("queue", timings.Tokenized, timings.Started);
        AddChild("compute", timings.Started, timings.Computed);
        AddChild("respond", timings.Computed, timings.Answered);

        void AddChild(string name, long from, long to)
        {
            using Activity? child = Source.StartActivity(name, ActivityKind.Internal, span.Context, startTime: now - time.GetElapsedTime(from, at));
            child?.SetEndTime((now - time.GetElapsedTime(to, at)).UtcDateTime);
        }
    }

    private static async Task TraceAsync(HttpContext context, RequestDelegate next)
    {
        // The web server's own activity is exported to nobody, so it must be nobody's parent.
        Activity.Current = null;
        HttpRequest request = context.Request;
        ActivityContext.TryParse(request.Headers.TraceParent, request.Headers.TraceState, isRemote: true, out ActivityContext parent);
        string route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "unknown";
        using Activity? span = Source.StartActivity($"POST {route}", ActivityKind.Server, parent);
        await next(context);
        if (span is not { IsAllDataRequested: true })
        {
            return;
        }

        int status = context.Response.StatusCode;
        span.SetTag("http.request.method", "POST");
        span.SetTag("http.route", route);
        span.SetTag("url.path", request.Path.Value);
        span.SetTag("http.response.status_code", status);
        span.SetStatus(status >= StatusCodes.Status500InternalServerError ? ActivityStatusCode.Error : ActivityStatusCode.Unset);
    }
}
