using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Endpoints.Bert;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Invoke;
using Endpoints.Serving.Lifetime;
using Endpoints.Serving.Metrics;
using Endpoints.Serving.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Endpoints.Serving.Routing;

/// <summary>Every route of the server. Each path answers 405 to other methods, and every other path 404, all as problems.</summary>
internal static class ServingRoutes
{
    public static void MapServing(this WebApplication app)
    {
        var invoke = app.Services.GetRequiredService<InvokeHandler>();
        app.MapOnly("POST", "/invoke", invoke.InvokeAsync);
        app.MapOnly("POST", "/endpoints/{name}/invoke", invoke.InvokeNamedAsync);
        app.MapCatalog();
        app.MapHealth();
        app.MapMetrics();

        // The default pattern leaves out paths that look like files.
        app.MapFallback("{**path}", context => Write(context, KnownProblems.UnknownRoute(context.Request.Path)));
    }

    private static void MapCatalog(this WebApplication app)
    {
        var catalog = app.Services.GetRequiredService<EndpointCatalog>();
        var state = app.Services.GetRequiredService<ServingState>();
        string engine = app.Services.GetRequiredService<IEngine>().Description;
        EndpointDescription Describe(ServedEndpoint endpoint) => endpoint.Description with { State = state.Name };

        app.MapOnly("GET", "/endpoints", context => WriteJson(
            context, new CatalogDescription(engine, [.. catalog.All.Select(Describe)]), CatalogJson.Default.CatalogDescription));
        app.MapOnly("GET", "/endpoints/{name}", context =>
        {
            string name = (string)context.Request.RouteValues["name"]!;
            return catalog.Find(name) is { } endpoint
                ? WriteJson(context, Describe(endpoint), CatalogJson.Default.EndpointDescription)
                : Write(context, KnownProblems.UnknownEndpoint(name, catalog));
        });
    }

    private static void MapHealth(this WebApplication app)
    {
        var catalog = app.Services.GetRequiredService<EndpointCatalog>();
        var readiness = app.Services.GetRequiredService<Readiness>();
        app.MapOnly("GET", "/health/live", context => WriteJson(context, new HealthDescription("live"), CatalogJson.Default.HealthDescription));
        app.MapOnly("GET", "/health/ready", context => WriteReady(context, readiness));
        app.MapOnly("GET", "/endpoints/{name}/ready", context =>
        {
            string name = (string)context.Request.RouteValues["name"]!;
            return catalog.Find(name) is null ? Write(context, KnownProblems.UnknownEndpoint(name, catalog)) : WriteReady(context, readiness);
        });
    }

    private static Task WriteReady(HttpContext context, Readiness readiness)
    {
        (bool isReady, string status, string? reason) = readiness.Look();
        context.Response.StatusCode = isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return WriteJson(context, new HealthDescription(status, reason), CatalogJson.Default.HealthDescription);
    }

    private static void MapMetrics(this WebApplication app)
    {
        var export = app.Services.GetRequiredService<MetricsExport>();
        app.MapOnly("GET", "/metrics", context => WriteBytes(context, PrometheusText.ContentType, export.Scrape()));
    }

    private static void MapOnly(this WebApplication app, string method, string path, RequestDelegate handler)
    {
        app.MapMethods(path, [method], handler);
        app.Map(path, context => Write(context, KnownProblems.WrongMethod(context.Request.Method, method)));
    }

    private static Task Write(HttpContext context, Problem problem)
    {
        ProblemWriter.Write(context, problem);
        return Task.CompletedTask;
    }

    private static Task WriteJson<T>(HttpContext context, T value, JsonTypeInfo<T> type) =>
        WriteBytes(context, "application/json", JsonSerializer.SerializeToUtf8Bytes(value, type));

    private static Task WriteBytes(HttpContext context, string contentType, byte[] body)
    {
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        return context.Response.BodyWriter.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
