using Endpoints.Bert;
using Endpoints.Compute;
using Endpoints.Serving.Batching;
using Endpoints.Serving.Metrics;
using Endpoints.Serving.Options;

namespace Endpoints.Serving.Catalog;

/// <summary>Makes endpoints, and frees what they held when they are gone. One at a time.</summary>
internal sealed class EndpointFactory(IEngine engine, LoadedNetworks networks, ServingMetrics metrics, TimeProvider time)
{
    private readonly List<NetworkQueue> _queues = [];

    /// <summary>
    /// Loads the network of an endpoint, unless it is loaded already, and cuts a classifier for each lane from it, unless an endpoint that is served runs
    /// the same one with the same limits: then both use its queue.
    /// </summary>
    /// <exception cref="FormatException">The model answers what no request can ask.</exception>
    /// <exception cref="NotSupportedException">The model cannot run in this precision.</exception>
    public ServedEndpoint Create(
        EndpointDefinition definition, EndpointOptions options, bool isDefault, int version = 1, IReadOnlyDictionary<string, string?>? ownSettings = null)
    {
        RequireServable(definition);
        ISuperNetwork network = networks.Acquire(definition.Checkpoint, PrecisionName.Choose(options.Precision, definition.Checkpoint.Config.HeadSize));
        try
        {
            NetworkQueue queue = JoinQueue(definition, network, options);
            return new ServedEndpoint(definition, queue, options, metrics, isDefault, version) { OwnSettings = ownSettings ?? new Dictionary<string, string?>() };
        }
        catch
        {
            networks.Release(network);
            throw;
        }
    }

    /// <summary>Takes an endpoint that nobody can use any more off its queue.</summary>
    /// <returns>True when the queue has no user left.</returns>
    public bool LeaveQueue(ServedEndpoint endpoint)
    {
        NetworkQueue queue = endpoint.Queue;
        queue.Terms.Leave(endpoint.Options);
        if (queue.Terms.IsUsed)
        {
            return false;
        }

        _queues.Remove(queue);
        queue.Retire();
        return true;
    }

    /// <summary>Frees what an endpoint held, once it has left its queue and, where it was the last, every lane has too.</summary>
    public void Free(ServedEndpoint endpoint) => networks.Release(endpoint.Network);

    /// <exception cref="FormatException">The model answers what no request can ask.</exception>
    public static void RequireServable(EndpointDefinition endpoint)
    {
        if (endpoint.Checkpoint.Config.ProblemType == ProblemType.MultipleChoice)
        {
            throw new FormatException(
                $"{endpoint.Name}: expected a model that classifies or rates a text or pair, found one that chooses between texts (multiple choice), which a request cannot ask for. "
                + "Score it on a task with 'endpoints evaluate'.");
        }
    }

    private NetworkQueue JoinQueue(EndpointDefinition definition, ISuperNetwork network, EndpointOptions options)
    {
        if (_queues.Find(queue => queue.Suits(network, definition.SubNetwork, options)) is { } shared)
        {
            shared.Terms.Join(definition.Name, options);
            return shared;
        }

        var own = new NetworkQueue(network, definition.SubNetwork, definition.Name, options, engine.LaneCount, time);
        _queues.Add(own);
        return own;
    }
}
