using Endpoints.Bert;
using Endpoints.Serving.Agreement;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Elastic;
using Endpoints.Serving.Lifetime;
using Endpoints.Serving.Management;
using Endpoints.Serving.Metrics;
using Endpoints.Serving.Page;
using Endpoints.Serving.Problems;
using Endpoints.Serving.Protocols.OpenInference;
using Endpoints.Serving.Protocols.Pairs;
using Endpoints.Serving.Protocols.SageMaker;
using Endpoints.Serving.Protocols.TextEmbeddings;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Endpoints.Serving.Routing;

/// <summary>Every route of the server. Each path answers 405 to other methods, and every other path 404, all as problems.</summary>
internal static class ServingRoutes
{
    private static readonly PairsFormat Format = PairsFormat.Instance;

    public static void MapServing(this WebApplication app)
    {
        app.MapPairs();
        app.MapSageMaker();
        app.MapOpenInference();
        app.MapTextEmbeddings();
        app.MapCatalog();
        app.MapHealth();
        app.MapMetrics();
        app.MapOpenApi();
        app.MapPage();

        // The default pattern leaves out paths that look like files.
        app.MapFallback("{**path}", context => Format.WriteAsync(context, KnownProblems.UnknownRoute(context.Request.Path)));
    }

    private static void MapCatalog(this WebApplication app)
    {
        var catalog = app.Services.GetRequiredService<EndpointCatalog>();
        var state = app.Services.GetRequiredService<ServingState>();
        var elastics = app.Services.GetRequiredService<ElasticEndpoints>();
        var manager = app.Services.GetRequiredService<EndpointManager>();
        var access = app.Services.GetRequiredService<ManagementAccess>();
        var agreement = app.Services.GetRequiredService<AgreementCheck>();
        var directory = app.Services.GetRequiredService<EndpointDirectory>();
        string engine = app.Services.GetRequiredService<IEngine>().Description;
        ElasticDescription DescribeElastic(ElasticEndpoint elastic) => new(elastic.Name, state.Name, elastic.Members, elastic.Members[elastic.Step]);
        ElasticDescription[]? DescribeAllElastic() => elastics.All.Any() ? [.. elastics.All.Select(DescribeElastic)] : null;
        EndpointDescription Describe(ServedEndpoint endpoint) => endpoint.Describe(state.Name, agreement.Describe(endpoint));

        app.MapOnly("GET", "/endpoints", Format, context => context.WriteJsonAsync(
            new CatalogDescription(engine, [.. catalog.All.Select(Describe)], DescribeAllElastic()), CatalogJson.Default.CatalogDescription));
        app.MapPath(
            "/endpoints/{name}",
            Format,
            ("GET", context =>
            {
                string name = context.RouteValue("name");
                return catalog.Find(name) is { } endpoint ? context.WriteJsonAsync(Describe(endpoint), CatalogJson.Default.EndpointDescription)
                    : elastics.Find(name) is { } elastic ? context.WriteJsonAsync(DescribeElastic(elastic), CatalogJson.Default.ElasticDescription)
                    : Format.WriteAsync(context, KnownProblems.UnknownEndpoint(name, directory.Names));
            }
        ),
            ("PUT", ManagementRoutes.Put(catalog, manager, access, agreement)),
            ("DELETE", ManagementRoutes.Delete(manager, access)));
    }

    private static void MapHealth(this WebApplication app)
    {
        var directory = app.Services.GetRequiredService<EndpointDirectory>();
        var readiness = app.Services.GetRequiredService<Readiness>();
        app.MapOnly("GET", "/health/live", Format, context => context.WriteJsonAsync(new HealthDescription("live"), CatalogJson.Default.HealthDescription));
        app.MapOnly("GET", "/health/ready", Format, context => context.WriteReadyAsync(readiness));
        app.MapOnly("GET", "/endpoints/{name}/ready", Format, context =>
        {
            string name = context.RouteValue("name");
            return directory.Find(name) is null ? Format.WriteAsync(context, KnownProblems.UnknownEndpoint(name, directory.Names)) : context.WriteReadyAsync(readiness);
        });
    }

    private static void MapOpenApi(this WebApplication app)
    {
        byte[] document = EmbeddedFile.Read("openapi.json");
        app.MapOnly("GET", "/openapi/v1.json", Format, context => context.WriteBytesAsync("application/json", document));
    }

    private static void MapMetrics(this WebApplication app)
    {
        var export = app.Services.GetRequiredService<MetricsExport>();
        app.MapOnly("GET", "/metrics", Format, context => context.WriteBytesAsync(PrometheusText.ContentType, export.Scrape()));
    }
}
