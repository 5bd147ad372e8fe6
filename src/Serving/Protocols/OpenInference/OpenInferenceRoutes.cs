using System.Globalization;
using Endpoints.Serving.Elastic;
using Endpoints.Serving.Invoke;
using Endpoints.Serving.Lifetime;
using Endpoints.Serving.Problems;
using Endpoints.Serving.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Endpoints.Serving.Protocols.OpenInference;

/// <summary>The routes of the Open Inference Protocol, version 2, and the few of version 1 that its clients use.</summary>
internal static class OpenInferenceRoutes
{
    private const string Model = "/v2/models/{name}";
    private const string ModelVersion = Model + "/versions/{version}";

    public static void MapOpenInference(this WebApplication app)
    {
        app.MapServer();
        app.MapModels();
        app.MapVersion1();
    }

    private static void MapServer(this WebApplication app)
    {
        var readiness = app.Services.GetRequiredService<Readiness>();
        InferFormat format = InferFormat.Instance;
        app.MapOnly("GET", "/v2", format, context => context.WriteJsonAsync(ServerMetadata.Create(), InferenceJson.Default.ServerMetadata));
        app.MapOnly("GET", "/v2/health/live", format, context => context.WriteJsonAsync(new LiveState(true), InferenceJson.Default.LiveState));
        app.MapOnly("GET", "/v2/health/ready", format, context =>
        {
            SetStatus(context, readiness);
            return context.WriteJsonAsync(new ReadyState(readiness.IsReady), InferenceJson.Default.ReadyState);
        });
        app.MapFallback("/v2/{**path}", context => format.WriteAsync(context, KnownProblems.UnknownRoute(context.Request.Path)));
    }

    private static void MapModels(this WebApplication app)
    {
        var directory = app.Services.GetRequiredService<EndpointDirectory>();
        var readiness = app.Services.GetRequiredService<Readiness>();
        var pipeline = app.Services.GetRequiredService<InvocationPipeline>();
        InferFormat format = InferFormat.Instance;
        foreach (string path in (string[])[Model, ModelVersion])
        {
            app.MapOnly("POST", path + "/infer", format, context =>
                pipeline.InvokeAsync(context, format, context.RouteValue("name"), context.Request.RouteValues["version"] as string));
            app.MapOnly("GET", path, format, context => Find(context, directory, out NamedEndpoint? named) is { } unknown
                ? format.WriteAsync(context, unknown)
                : context.WriteJsonAsync(ModelMetadata.Of(named!), InferenceJson.Default.ModelMetadata));
            app.MapOnly("GET", path + "/ready", format, context => ReadyAsync(context, format, directory, readiness));
        }
    }

    private static void MapVersion1(this WebApplication app)
    {
        var directory = app.Services.GetRequiredService<EndpointDirectory>();
        var readiness = app.Services.GetRequiredService<Readiness>();
        var pipeline = app.Services.GetRequiredService<InvocationPipeline>();
        InstancesFormat format = InstancesFormat.Instance;
        app.MapOnly("GET", "/v1/models", format, context => context.WriteJsonAsync(
            new ModelNames([.. directory.All.Select(named => named.Name)]), InferenceJson.Default.ModelNames));
        app.MapOnly("GET", "/v1/models/{name}", format, context => ReadyAsync(context, format, directory, readiness));
        app.MapOnly("POST", "/v1/models/{name}:predict", format, context => pipeline.InvokeAsync(context, format, context.RouteValue("name")));
    }

    private static Task ReadyAsync(HttpContext context, WireFormat format, EndpointDirectory directory, Readiness readiness)
    {
        if (Find(context, directory, out NamedEndpoint? named) is { } unknown)
        {
            return format.WriteAsync(context, unknown);
        }

        SetStatus(context, readiness);
        return context.WriteJsonAsync(new NamedReadyState(named!.Name, readiness.IsReady), InferenceJson.Default.NamedReadyState);
    }

    private static void SetStatus(HttpContext context, Readiness readiness) =>
        context.Response.StatusCode = readiness.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;

    private static Problem? Find(HttpContext context, EndpointDirectory directory, out NamedEndpoint? named)
    {
        string name = context.RouteValue("name");
        named = directory.Find(name);
        if (named is null)
        {
            return KnownProblems.UnknownEndpoint(name, directory.Names);
        }

        string version = named.Version.ToString(CultureInfo.InvariantCulture);
        return context.Request.RouteValues["version"] is string asked && asked != version ? KnownProblems.UnknownVersion(name, asked, version) : null;
    }
}
