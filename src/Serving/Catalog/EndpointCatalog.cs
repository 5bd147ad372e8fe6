using System.Collections.Frozen;

namespace Endpoints.Serving.Catalog;

/// <summary>The endpoints of this server; the first is the default one.</summary>
internal sealed class EndpointCatalog(ServedEndpoint[] endpoints)
{
    private readonly FrozenDictionary<string, ServedEndpoint> _byName = endpoints.ToFrozenDictionary(endpoint => endpoint.Name, StringComparer.Ordinal);

    public ServedEndpoint[] All => endpoints;

    public ServedEndpoint Default => endpoints[0];

    /// <summary>Finds an endpoint by its exact name; null when there is none.</summary>
    public ServedEndpoint? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Every name, for messages.</summary>
    public string Names => string.Join(", ", endpoints.Select(endpoint => endpoint.Name));
}
