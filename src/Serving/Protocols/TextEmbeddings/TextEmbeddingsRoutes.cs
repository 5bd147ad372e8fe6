using Endpoints.Compute;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Invoke;
using Endpoints.Serving.Lifetime;
using Endpoints.Serving.Options;
using Endpoints.Serving.Problems;
using Endpoints.Serving.Protocols.Pairs;
using Endpoints.Serving.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Endpoints.Serving.Protocols.TextEmbeddings;

/// <summary>TEI's routes for classifiers, for the default endpoint and for each by name.</summary>
internal static class TextEmbeddingsRoutes
{
    public static void MapTextEmbeddings(this WebApplication app)
    {
        var pipeline = app.Services.GetRequiredService<InvocationPipeline>();
        var catalog = app.Services.GetRequiredService<EndpointCatalog>();
        var readiness = app.Services.GetRequiredService<Readiness>();
        var options = app.Services.GetRequiredService<ServerOptions>();
        PredictFormat format = PredictFormat.Instance;
        app.MapOnly("POST", "/predict", format, context => pipeline.InvokeAsync(context, format, PairsRoutes.NameIn(context.Request)));
        app.MapOnly("POST", "/endpoints/{name}/predict", format, context => pipeline.InvokeAsync(context, format, context.RouteValue("name")));
        app.MapOnly("GET", "/info", format, context => context.WriteJsonAsync(ServerInfo.Of(catalog.Default, options), PredictJson.Default.ServerInfo));
        app.MapOnly("GET", "/health", format, context =>
            readiness.IsReady ? Task.CompletedTask : format.WriteAsync(context, KnownProblems.Unavailable(readiness.Status)));
    }
}

/// <summary>The answer of <c>GET /info</c>: the default endpoint in TEI's words.</summary>
internal sealed record ServerInfo
{
    public required string ModelId { get; init; }

    public required string ModelDtype { get; init; }

    public required ModelKind ModelType { get; init; }

    public required int MaxConcurrentRequests { get; init; }

    public required int MaxInputLength { get; init; }

    public required int MaxBatchTokens { get; init; }

    public required int MaxBatchRequests { get; init; }

    public required int MaxClientBatchSize { get; init; }

    public required bool AutoTruncate { get; init; }

    public required string Version { get; init; }

    public static ServerInfo Of(ServedEndpoint endpoint, ServerOptions options)
    {
        IReadOnlyList<string> labels = endpoint.Description.Labels;
        return new()
        {
            ModelId = endpoint.Name,
            ModelDtype = PrecisionName.Of(endpoint.Precision),
            ModelType = new(new(
                Enumerable.Range(0, labels.Count).ToDictionary(i => i, i => labels[i]),
                Enumerable.Range(0, labels.Count).DistinctBy(i => labels[i]).ToDictionary(i => labels[i]))),
            MaxConcurrentRequests = endpoint.Options.MaxConcurrency,
            MaxInputLength = endpoint.MaxLength,
            MaxBatchTokens = endpoint.Options.MaxBatchTokens,
            MaxBatchRequests = endpoint.Options.MaxBatchRows,
            MaxClientBatchSize = options.MaxPairs,
            AutoTruncate = endpoint.Options.OnTooLong == OnTooLong.Truncate,
            Version = typeof(ServerInfo).Assembly.GetName().Version!.ToString(3),
        };
    }
}

/// <summary>TEI tells kinds of models apart by this object's one field.</summary>
internal sealed record ModelKind(ClassifierLabels Classifier);

/// <summary>Labels by logit, and logits by label.</summary>
internal sealed record ClassifierLabels(
    [property: System.Text.Json.Serialization.JsonPropertyName("id2label")] IReadOnlyDictionary<int, string> ById,
    [property: System.Text.Json.Serialization.JsonPropertyName("label2id")] IReadOnlyDictionary<string, int> ByLabel);
