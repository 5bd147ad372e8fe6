using Endpoints.Serving.Invoke;
using Endpoints.Serving.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Endpoints.Serving.Protocols.Pairs;

/// <summary>The routes of the server's own protocol.</summary>
internal static class PairsRoutes
{
    private const string EndpointHeader = "X-Endpoint";

    public static void MapPairs(this WebApplication app)
    {
        var pipeline = app.Services.GetRequiredService<InvocationPipeline>();
        PairsFormat format = PairsFormat.Instance;
        app.MapOnly("POST", "/invoke", format, context => pipeline.InvokeAsync(context, format, NameIn(context.Request)));
        app.MapOnly("POST", "/endpoints/{name}/invoke", format, context => pipeline.InvokeAsync(context, format, context.RouteValue("name")));
    }

    /// <summary>The endpoint that the header names; null without it.</summary>
    public static string? NameIn(HttpRequest request) => request.Headers.TryGetValue(EndpointHeader, out var header) ? header.ToString() : null;
}
