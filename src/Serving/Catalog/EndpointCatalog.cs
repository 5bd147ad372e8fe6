using System.Collections.Frozen;
using Endpoints.Serving.Batching;

namespace Endpoints.Serving.Catalog;

/// <summary>
/// The endpoints of this server; the first is the default one. Readers see one snapshot or the next, never something between; whoever uses an endpoint
/// enters it first, so that one that was replaced stays until the last of its requests has left.
/// </summary>
internal sealed class EndpointCatalog
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _versions = new(StringComparer.Ordinal);
    private volatile Snapshot _now;

    public EndpointCatalog(ServedEndpoint[] endpoints) => _now = new Snapshot(endpoints, [.. endpoints.Select(endpoint => endpoint.Queue).Distinct()]);

    public ServedEndpoint[] All => _now.Listed;

    /// <summary>The queues of <see cref="All"/>, and of those that were replaced or removed and still have requests.</summary>
    public NetworkQueue[] Scheduled => _now.Scheduled;

    public ServedEndpoint Default => _now.Listed[0];

    /// <summary>Every name, for messages.</summary>
    public string Names => string.Join(", ", All.Select(endpoint => endpoint.Name));

    /// <summary>Finds an endpoint by its exact name; null when there is none.</summary>
    public ServedEndpoint? Find(string name) => _now.ByName.GetValueOrDefault(name);

    /// <summary>Finds an endpoint, the default one for null, and enters it; the caller leaves it. Null when there is none.</summary>
    public ServedEndpoint? Enter(string? name)
    {
        while (true)
        {
            ServedEndpoint? endpoint = name is null ? Default : Find(name);
            if (endpoint is null || endpoint.TryEnter())
            {
                return endpoint;
            }

            // It was replaced between the two; the next snapshot has its successor.
        }
    }

    /// <summary>
    /// The version that the next endpoint of a name will be: one more than the last that was listed, even where that has been removed since, so that a
    /// version of a name never means two things.
    /// </summary>
    public int NextVersion(string name)
    {
        lock (_lock)
        {
            return Math.Max(_versions.GetValueOrDefault(name), Find(name)?.Version ?? 0) + 1;
        }
    }

    /// <summary>Lists an endpoint, in the place of the one that has its name if there is one, and retires that.</summary>
    /// <returns>The replaced one.</returns>
    public ServedEndpoint? Put(ServedEndpoint endpoint)
    {
        ServedEndpoint? replaced;
        lock (_lock)
        {
            replaced = Find(endpoint.Name);
            _versions[endpoint.Name] = endpoint.Version;
            _now = new Snapshot(
                replaced is null ? [.. All, endpoint] : [.. All.Select(listed => listed == replaced ? endpoint : listed)], [.. Scheduled.Append(endpoint.Queue).Distinct()]);
        }

        replaced?.Retire();
        return replaced;
    }

    /// <summary>Takes an endpoint off the list and retires it.</summary>
    public void Remove(ServedEndpoint endpoint)
    {
        lock (_lock)
        {
            _versions[endpoint.Name] = endpoint.Version;
            _now = new Snapshot([.. All.Where(listed => listed != endpoint)], Scheduled);
        }

        endpoint.Retire();
    }

    /// <summary>Nobody uses a queue any more: lanes need not look at it.</summary>
    public void Forget(NetworkQueue queue)
    {
        lock (_lock)
        {
            _now = new Snapshot(All, [.. Scheduled.Where(scheduled => scheduled != queue)]);
        }
    }

    private sealed class Snapshot(ServedEndpoint[] listed, NetworkQueue[] scheduled)
    {
        public ServedEndpoint[] Listed => listed;

        public NetworkQueue[] Scheduled => scheduled;

        public FrozenDictionary<string, ServedEndpoint> ByName { get; } = listed.ToFrozenDictionary(endpoint => endpoint.Name, StringComparer.Ordinal);
    }
}
