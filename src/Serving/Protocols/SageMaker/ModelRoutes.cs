using System.Text.Json.Serialization;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Invoke;
using Endpoints.Serving.Management;
using Endpoints.Serving.Options;
using Endpoints.Serving.Problems;
using Endpoints.Serving.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Endpoints.Serving.Protocols.SageMaker;

/// <summary>The contract of containers with several models: each is an endpoint, loaded and unloaded while the others are served.</summary>
internal static class ModelRoutes
{
    private static readonly ContainerFormat Format = ContainerFormat.Instance;

    public static void MapModels(this WebApplication app)
    {
        var catalog = app.Services.GetRequiredService<EndpointCatalog>();
        var pipeline = app.Services.GetRequiredService<InvocationPipeline>();
        var manager = app.Services.GetRequiredService<EndpointManager>();
        var options = app.Services.GetRequiredService<ServerOptions>();
        app.MapPath(
            "/models",
            Format,
            ("GET", context => context.WriteJsonAsync(new ModelList([.. catalog.All.Select(ModelDescription.Of)]), ModelJson.Default.ModelList)),
            ("POST", context => LoadAsync(context, catalog, manager, options)));
        app.MapPath(
            "/models/{name}",
            Format,
            ("GET", context => DescribeAsync(context, catalog)),
            ("DELETE", context => UnloadAsync(context, manager, options)));
        app.MapOnly("POST", "/models/{name}/invoke", Format, context => pipeline.InvokeAsync(context, Format, context.RouteValue("name")));
    }

    private static Task DescribeAsync(HttpContext context, EndpointCatalog catalog)
    {
        string name = context.RouteValue("name");
        return catalog.Find(name) is { } endpoint
            ? context.WriteJsonAsync(ModelDescription.Of(endpoint), ModelJson.Default.ModelDescription)
            : Format.WriteAsync(context, KnownProblems.UnknownEndpoint(name, catalog));
    }

    private static async Task LoadAsync(HttpContext context, EndpointCatalog catalog, EndpointManager manager, ServerOptions options)
    {
        (Problem? problem, ModelLoad? load) = await ManagementRoutes.ReadAsync(context, options, ModelJson.Default.ModelLoad, ModelLoad.Example);
        problem ??= catalog.Find(load!.ModelName) is not null
            ? KnownProblems.ModelIsLoaded(load.ModelName)
            : (await manager.PutAsync(load.ModelName, new EndpointChange { Checkpoint = load.Url })).Problem;
        await (problem is null ? DescribeLoadedAsync(context, catalog, load!.ModelName) : Format.WriteAsync(context, problem));
    }

    private static Task DescribeLoadedAsync(HttpContext context, EndpointCatalog catalog, string name) =>
        context.WriteJsonAsync(ModelDescription.Of(catalog.Find(name)!), ModelJson.Default.ModelDescription);

    private static async Task UnloadAsync(HttpContext context, EndpointManager manager, ServerOptions options)
    {
        if ((ManagementRoutes.WhyForbidden(context, options) ?? await manager.DeleteAsync(context.RouteValue("name"))) is { } problem)
        {
            await Format.WriteAsync(context, problem);
        }
    }
}

/// <summary>The body of <c>POST /models</c>.</summary>
/// <param name="ModelName">The new endpoint's name.</param>
/// <param name="Url">A checkpoint's folder, below one of the server's model roots.</param>
internal sealed record ModelLoad(
    [property: JsonPropertyName("model_name"), JsonRequired] string ModelName, [property: JsonPropertyName("url"), JsonRequired] string Url)
{
    /// <summary>A sentence with a body that would have been right.</summary>
    public const string Example = """Send for example {"model_name": "pruned", "url": "/opt/ml/models/pruned/model"}.""";
}

/// <summary>The answer of <c>GET /models</c>; all of it is one page.</summary>
internal sealed record ModelList(IReadOnlyList<ModelDescription> Models);

/// <summary>What a multi-model container says of one model.</summary>
internal sealed record ModelDescription(string ModelName, string ModelUrl)
{
    public static ModelDescription Of(ServedEndpoint endpoint) => new(endpoint.Name, $"/endpoints/{endpoint.Name}");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(ModelDescription))]
[JsonSerializable(typeof(ModelLoad))]
internal sealed partial class ModelJson : JsonSerializerContext;
