using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;
using Endpoints.Serving.Cascades;
using Endpoints.Serving.Options;

namespace Endpoints.Serving.Catalog;

/// <summary>What <c>GET /endpoints</c> says of one endpoint.</summary>
internal sealed record EndpointDescription
{
    public required string Name { get; init; }

    public required bool Default { get; init; }

    /// <summary>1 at the start of the server, and one more with each replacement.</summary>
    public int Version { get; init; } = 1;

    /// <summary>Of the server at the time of the answer.</summary>
    public string State { get; init; } = "warming";

    /// <summary>The sub-network's text form, relative to its super-network.</summary>
    public required string SubNetwork { get; init; }

    public string? Parent { get; init; }

    /// <summary>What products run in.</summary>
    [JsonConverter(typeof(PrecisionJsonConverter))]
    public required Precision Precision { get; init; }

    public required ParametersDescription Parameters { get; init; }

    /// <summary>Null when it was not measured on exactly this sub-network.</summary>
    public double? Accuracy { get; init; }

    public string? Task { get; init; }

    public string? Split { get; init; }

    /// <summary>What products ran in while the accuracy and the metrics of <see cref="Split"/> were measured.</summary>
    public string? MeasuredIn { get; init; }

    public IReadOnlyDictionary<string, double>? Metrics { get; init; }

    public required string ProblemType { get; init; }

    public required ImmutableArray<string> Labels { get; init; }

    public required int MaxLength { get; init; }

    /// <summary>By which logits are divided before they become scores; null where the endpoint is not calibrated.</summary>
    public double? Temperature { get; init; }

    public required EndpointOptions Settings { get; init; }

    /// <summary>Names of endpoints that run the same network and use the same queue; null where there are none.</summary>
    public IReadOnlyList<string>? SharesQueueWith { get; init; }

    /// <summary>Null where one network answers every row.</summary>
    public CascadeDescription? Cascade { get; init; }

    public static EndpointDescription Of(
        EndpointDefinition definition, ISuperNetwork network, bool isDefault, int maxLength, EndpointOptions options, ServedCascade? cascade)
    {
        EndpointDescription own = OfOne(definition, network, isDefault, maxLength, options);
        return cascade is null ? own : own.With(CascadeDescription.Of(definition, network, cascade), cascade);
    }

    private static EndpointDescription OfOne(EndpointDefinition definition, ISuperNetwork network, bool isDefault, int maxLength, EndpointOptions options)
    {
        BertConfig config = network.Config;
        var whole = Bert.SubNetworks.SubNetwork.Full(config);
        EndpointMetadata? metadata = MetadataOf(definition.Checkpoint, definition.SubNetwork);

        // An undefined metric is stored as NaN, which JSON has no number for.
        var metrics = metadata?.Metrics.Where(metric => double.IsFinite(metric.Value)).ToDictionary();
        long kept = ParameterCount.Sliced(config, definition.SubNetwork);
        long total = metadata is { ParentParameters: > 0 } ? metadata.ParentParameters : ParameterCount.Sliced(config, whole);
        return new()
        {
            Name = definition.Name,
            Default = isDefault,
            SubNetwork = metadata?.SubNetwork ?? definition.SubNetwork.ToString(),
            Parent = metadata?.Parent,
            Precision = network.Precision,
            Parameters = new(kept, total, (double)kept / total),
            Accuracy = metrics is not null && metrics.TryGetValue("accuracy", out double accuracy) ? accuracy : null,
            Task = definition.Checkpoint.Metadata?.Task,
            Split = metadata?.Split,
            MeasuredIn = metadata is not null && metrics is { Count: > 0 } ? PrecisionName.Of(metadata.MeasuredIn) : null,
            Metrics = metrics is { Count: > 0 } ? metrics : null,
            ProblemType = ProblemTypeName.Of(config.ProblemType),
            Labels = config.Labels,
            MaxLength = maxLength,
            Temperature = metadata?.Temperature,
            Settings = options,
        };
    }

    /// <summary>endpoint.json describes the whole checkpoint: a sub-network cut from it here was measured and calibrated by nobody.</summary>
    public static EndpointMetadata? MetadataOf(Checkpoint checkpoint, SubNetwork subNetwork) =>
        subNetwork.Equals(Bert.SubNetworks.SubNetwork.Full(checkpoint.Config)) ? checkpoint.Metadata : null;

    /// <summary>What was measured of the large network alone is not known of the cascade, whose own figures its promise has.</summary>
    private EndpointDescription With(CascadeDescription cascade, ServedCascade served)
    {
        CascadePromise? promise = served.Definition.Promise;
        long kept = Parameters.Kept + (cascade.SharesWeights ? 0 : cascade.Small.Parameters);
        return this with
        {
            SubNetwork = $"{cascade.Small.SubNetwork}, then {cascade.Large.SubNetwork}",
            Parameters = new(kept, Parameters.Total, (double)kept / Parameters.Total),
            Accuracy = promise?.Accuracy,
            Task = promise?.Task ?? Task,
            Split = promise?.Split,
            MeasuredIn = promise is null ? null : PrecisionName.Of(promise.MeasuredIn),
            Metrics = promise is null ? null : new Dictionary<string, double> { ["accuracy"] = promise.Accuracy },
            Cascade = cascade,
        };
    }
}

/// <summary>Parameters of a sub-network, embeddings and classifier included, and of the super-network that it was cut from.</summary>
internal sealed record ParametersDescription(long Kept, long Total, double Fraction);

/// <summary>The answer of <c>GET /endpoints</c>.</summary>
/// <param name="Engine">What runs them.</param>
/// <param name="Endpoints">The endpoints.</param>
/// <param name="Elastic">Names for several of them; null where there is none.</param>
internal sealed record CatalogDescription(string Engine, IReadOnlyList<EndpointDescription> Endpoints, IReadOnlyList<ElasticDescription>? Elastic = null);

/// <summary>What <c>GET /endpoints</c> and <c>GET /endpoints/{name}</c> say of an elastic endpoint.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">Of the server at the time of the answer.</param>
/// <param name="Members">Its endpoints, the most accurate first.</param>
/// <param name="Now">The one that a request without terms gets now.</param>
internal sealed record ElasticDescription(string Name, string State, IReadOnlyList<string> Members, string Now);

/// <summary>The answer of <c>GET /health/live</c>, <c>GET /health/ready</c> and <c>GET /endpoints/{name}/ready</c>.</summary>
internal sealed record HealthDescription(string Status, string? Reason = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    WriteIndented = true)]
[JsonSerializable(typeof(CatalogDescription))]
[JsonSerializable(typeof(EndpointDescription))]
[JsonSerializable(typeof(ElasticDescription))]
[JsonSerializable(typeof(HealthDescription))]
internal sealed partial class CatalogJson : JsonSerializerContext;
