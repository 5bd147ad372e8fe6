using System.Text.Json.Serialization;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Invoke;
using Endpoints.Serving.Lifetime;
using Endpoints.Serving.Options;
using Endpoints.Serving.Problems;
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

    private static void MapModels(this WebApplication app)
    {
        var catalog = app.Services.GetRequiredService<EndpointCatalog>();
        var pipeline = app.Services.GetRequiredService<InvocationPipeline>();
        ContainerFormat format = ContainerFormat.Instance;
        app.MapOnly("GET", "/models", format, context => context.WriteJsonAsync(
            new ModelList([.. catalog.All.Select(ModelDescription.Of)]), ModelJson.Default.ModelList));
        app.MapOnly("GET", "/models/{name}", format, context =>
        {
            string name = context.RouteValue("name");
            return catalog.Find(name) is { } endpoint
                ? context.WriteJsonAsync(ModelDescription.Of(endpoint), ModelJson.Default.ModelDescription)
                : format.WriteAsync(context, KnownProblems.UnknownEndpoint(name, catalog));
        });
        app.MapOnly("POST", "/models/{name}/invoke", format, context => pipeline.InvokeAsync(context, format, context.RouteValue("name")));
    }
}

/// <summary>The answer of <c>GET /models</c>; all of it is one page.</summary>
internal sealed record ModelList(IReadOnlyList<ModelDescription> Models);

/// <summary>What a multi-model container says of one model.</summary>
internal sealed record ModelDescription(string ModelName, string ModelUrl)
{
    public static ModelDescription Of(ServedEndpoint endpoint) => new(endpoint.Name, $"/endpoints/{endpoint.Name}");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(ModelDescription))]
internal sealed partial class ModelJson : JsonSerializerContext;
