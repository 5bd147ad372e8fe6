using System.Text.Json.Serialization;
using Endpoints.Serving.Elastic;
using Endpoints.Serving.Invoke;
using Endpoints.Serving.Management;
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
        var directory = app.Services.GetRequiredService<EndpointDirectory>();
        var pipeline = app.Services.GetRequiredService<InvocationPipeline>();
        var manager = app.Services.GetRequiredService<EndpointManager>();
        var access = app.Services.GetRequiredService<ManagementAccess>();
        app.MapPath(
            "/models",
            Format,
            ("GET", context => context.WriteJsonAsync(new ModelList([.. directory.All.Select(named => ModelDescription.Of(named.Name))]), ModelJson.Default.ModelList)),
            ("POST", context => LoadAsync(context, directory, manager, access)));
        app.MapPath(
            "/models/{name}",
            Format,
            ("GET", context => DescribeAsync(context, directory)),
            ("DELETE", context => UnloadAsync(context, manager, access)));
        app.MapOnly("POST", "/models/{name}/invoke", Format, context => pipeline.InvokeAsync(context, Format, context.RouteValue("name")));
    }

    private static Task DescribeAsync(HttpContext context, EndpointDirectory directory)
    {
        string name = context.RouteValue("name");
        return directory.Find(name) is not null
            ? context.WriteJsonAsync(ModelDescription.Of(name), ModelJson.Default.ModelDescription)
            : Format.WriteAsync(context, KnownProblems.UnknownEndpoint(name, directory.Names));
    }

    private static async Task LoadAsync(HttpContext context, EndpointDirectory directory, EndpointManager manager, ManagementAccess access)
    {
        (Problem? problem, ModelLoad? load) = await ManagementRoutes.ReadAsync(context, access, ModelJson.Default.ModelLoad, ModelLoad.Example);
        problem ??= directory.Find(load!.ModelName) is not null
            ? KnownProblems.ModelIsLoaded(load.ModelName)
            : (await manager.PutAsync(load.ModelName, new EndpointChange { Checkpoint = load.Url })).Problem;
        await (problem is null ? context.WriteJsonAsync(ModelDescription.Of(load!.ModelName), ModelJson.Default.ModelDescription) : Format.WriteAsync(context, problem));
    }

    private static async Task UnloadAsync(HttpContext context, EndpointManager manager, ManagementAccess access)
    {
        if ((access.WhyForbidden(context) ?? await manager.DeleteAsync(context.RouteValue("name"))) is { } problem)
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
    public static ModelDescription Of(string name) => new(name, $"/endpoints/{name}");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(ModelDescription))]
[JsonSerializable(typeof(ModelLoad))]
internal sealed partial class ModelJson : JsonSerializerContext;
