using Endpoints.Serving.Invoke;
using Endpoints.Serving.Lifetime;
using Endpoints.Serving.Options;
using Endpoints.Serving.Protocols.Pairs;
using Endpoints.Serving.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Endpoints.Serving.Protocols.SageMaker;

/// <summary>The runtime that AWS clients invoke, and the container that the SageMaker platform runs, with one model or several.</summary>
internal static class SageMakerRoutes
{
    public static void MapSageMaker(this WebApplication app)
    {
        app.MapRuntime();
        app.MapContainer();
        app.MapModels();
    }

    private static void MapRuntime(this WebApplication app)
    {
        var pipeline = app.Services.GetRequiredService<InvocationPipeline>();
        var format = new RuntimeFormat(app.Services.GetRequiredService<ServerOptions>());
        app.MapOnly("POST", "/endpoints/{name}/invocations", format, context => pipeline.InvokeAsync(context, format, context.RouteValue("name")));
    }

    private static void MapContainer(this WebApplication app)
    {
        var pipeline = app.Services.GetRequiredService<InvocationPipeline>();
        var readiness = app.Services.GetRequiredService<Readiness>();
        ContainerFormat format = ContainerFormat.Instance;
        app.MapOnly("GET", "/ping", format, context => context.WriteReadyAsync(readiness));
        app.MapOnly("POST", "/invocations", format, context => pipeline.InvokeAsync(context, format, PairsRoutes.NameIn(context.Request)));
    }
}
