using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Lifetime;
using Endpoints.Serving.Problems;
using Endpoints.Serving.Protocols;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Endpoints.Serving.Routing;

/// <summary>How every protocol maps its routes: one method a path, 405 to the others, problems in the protocol's own shape.</summary>
internal static class RouteMapping
{
    /// <summary>Maps a path that takes one method.</summary>
    public static void MapOnly(this WebApplication app, string method, string path, WireFormat format, RequestDelegate handler) =>
        app.MapPath(path, format, (method, handler));

    /// <summary>Maps a path that takes some methods. Whatever stands before the route finds the format in its metadata.</summary>
    public static void MapPath(this WebApplication app, string path, WireFormat format, params (string Method, RequestDelegate Handler)[] methods)
    {
        foreach ((string method, RequestDelegate handler) in methods)
        {
            // The web server leaves the body of an answer to HEAD out.
            app.MapMethods(path, Answered(method), handler).WithMetadata(format);
        }

        string allowed = string.Join(", ", methods.SelectMany(one => Answered(one.Method)));
        app.Map(path, context => format.WriteAsync(context, KnownProblems.WrongMethod(context.Request.Method, allowed, format.Example))).WithMetadata(format);
    }

    private static string[] Answered(string method) => method == HttpMethods.Get ? [HttpMethods.Get, HttpMethods.Head] : [method];

    /// <summary>The value of a part of the path.</summary>
    public static string RouteValue(this HttpContext context, string name) => (string)context.Request.RouteValues[name]!;

    public static Task WriteAsync(this WireFormat format, HttpContext context, Problem problem)
    {
        format.WriteProblem(context, problem);
        return Task.CompletedTask;
    }

    /// <summary>Answers whether new requests should be sent here: 200, or 503 and why not.</summary>
    public static Task WriteReadyAsync(this HttpContext context, Readiness readiness)
    {
        (bool isReady, string status, string? reason) = readiness.Look();
        context.Response.StatusCode = isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return context.WriteJsonAsync(new HealthDescription(status, reason), CatalogJson.Default.HealthDescription);
    }

    public static Task WriteJsonAsync<T>(this HttpContext context, T value, JsonTypeInfo<T> type) =>
        context.WriteBytesAsync("application/json", JsonSerializer.SerializeToUtf8Bytes(value, type));

    public static Task WriteBytesAsync(this HttpContext context, string contentType, byte[] body)
    {
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        return context.Response.BodyWriter.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
