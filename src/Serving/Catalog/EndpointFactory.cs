using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Compute;
using Endpoints.Serving.Batching;
using Endpoints.Serving.Cascades;
using Endpoints.Serving.Metrics;
using Endpoints.Serving.Options;

namespace Endpoints.Serving.Catalog;

/// <summary>Makes endpoints, and frees what they held when they are gone. One at a time.</summary>
internal sealed class EndpointFactory(IEngine engine, LoadedNetworks networks, ServingMetrics metrics, TimeProvider time)
{
    private readonly List<NetworkQueue> _queues = [];

    /// <summary>
    /// Loads the network of an endpoint, unless it is loaded already, and cuts a classifier for each lane from it, unless an endpoint that is served runs
    /// the same one with the same limits: then both use its queue. A cascade has its own.
    /// </summary>
    /// <exception cref="FormatException">The model answers what no request can ask.</exception>
    /// <exception cref="NotSupportedException">The model cannot run in this precision.</exception>
    public ServedEndpoint Create(
        EndpointDefinition definition, EndpointOptions options, bool isDefault, int version = 1, IReadOnlyDictionary<string, string?>? ownSettings = null)
    {
        RequireServable(definition);
        var held = new List<ISuperNetwork>();
        ISuperNetwork Acquire(Checkpoint checkpoint, string precision)
        {
            held.Add(networks.Acquire(checkpoint, PrecisionName.Choose(precision, checkpoint.Config.HeadSize)));
            return held[^1];
        }

        try
        {
            ISuperNetwork network = Acquire(definition.Checkpoint, options.Precision);
            ServedCascade? cascade = definition.Cascade is { } first
                ? new ServedCascade(definition, Acquire(first.Checkpoint, first.Precision ?? options.Precision), network, engine.LaneCount)
                : null;
            NetworkQueue queue = JoinQueue(definition, network, options, cascade);
            return new ServedEndpoint(definition, queue, options, metrics, isDefault, version) { OwnSettings = ownSettings ?? new Dictionary<string, string?>() };
        }
        catch
        {
            held.ForEach(networks.Release);
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
    public void Free(ServedEndpoint endpoint)
    {
        networks.Release(endpoint.Network);
        if (endpoint.Cascade is { } cascade)
        {
            networks.Release(cascade.Network);
        }
    }

    /// <exception cref="FormatException">The model answers what no request can ask.</exception>
    public static void RequireServable(EndpointDefinition endpoint)
    {
        if (endpoint.Cascade is { } cascade)
        {
            CascadeRules.Require(endpoint, cascade);
        }

        if (endpoint.Checkpoint.Config.ProblemType == ProblemType.MultipleChoice)
        {
            throw new FormatException(
                $"{endpoint.Name}: expected a model that classifies or rates a text or pair, found one that chooses between texts (multiple choice), which a request cannot ask for. "
                + "Score it on a task with 'endpoints evaluate'.");
        }
    }

    private NetworkQueue JoinQueue(EndpointDefinition definition, ISuperNetwork network, EndpointOptions options, ServedCascade? cascade)
    {
        if (cascade is null && _queues.Find(queue => queue.Suits(network, definition.SubNetwork, options)) is { } shared)
        {
            shared.Terms.Join(definition.Name, options);
            return shared;
        }

        var own = new NetworkQueue(network, definition.SubNetwork, definition.Name, options, engine.LaneCount, time, cascade);
        _queues.Add(own);
        return own;
    }
}
