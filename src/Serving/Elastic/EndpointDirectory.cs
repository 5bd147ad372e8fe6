using Endpoints.Serving.Catalog;

namespace Endpoints.Serving.Elastic;

/// <summary>Every name that a request may use: those of endpoints, and those of elastic endpoints.</summary>
internal sealed class EndpointDirectory(EndpointCatalog catalog, ElasticEndpoints elastics)
{
    /// <summary>Every name for messages.</summary>
    public string Names => string.Join(", ", All.Select(named => named.Name));

    public IEnumerable<NamedEndpoint> All =>
        catalog.All.Select(endpoint => new NamedEndpoint(endpoint.Name, endpoint, endpoint.Version))
            .Concat(elastics.All.Select(Describe).OfType<NamedEndpoint>());

    /// <summary>What an exact name stands for; null for nothing.</summary>
    public NamedEndpoint? Find(string name) =>
        catalog.Find(name) is { } endpoint ? new NamedEndpoint(name, endpoint, endpoint.Version)
        : elastics.Find(name) is { } elastic ? Describe(elastic)
        : null;

    private static NamedEndpoint? Describe(ElasticEndpoint elastic) =>
        elastic.First is { } member ? new NamedEndpoint(elastic.Name, member, ElasticEndpoint.Version) : null;
}

/// <summary>What a name stands for.</summary>
/// <param name="Name">It.</param>
/// <param name="Endpoint">The endpoint; of an elastic one the first member there is, for all of them take and give the same.</param>
/// <param name="Version">The name's version.</param>
internal sealed record NamedEndpoint(string Name, ServedEndpoint Endpoint, int Version);
