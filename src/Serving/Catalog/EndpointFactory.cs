using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Compute;
using Endpoints.Serving.Cascades;
using Endpoints.Serving.Metrics;
using Endpoints.Serving.Options;

namespace Endpoints.Serving.Catalog;

/// <summary>Makes endpoints, and frees what they held when they are gone.</summary>
internal sealed class EndpointFactory(IEngine engine, LoadedNetworks networks, ServingMetrics metrics, TimeProvider time)
{
    /// <summary>Loads the network of an endpoint, unless it is loaded already, and cuts a classifier for each lane from it.</summary>
    /// <exception cref="FormatException">The model answers what no request can ask.</exception>
    /// <exception cref="NotSupportedException">The model cannot run in this precision.</exception>
    public ServedEndpoint Create(EndpointDefinition definition, EndpointOptions options, bool isDefault)
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
            return new ServedEndpoint(definition, network, options, engine.LaneCount, metrics, isDefault, time, cascade);
        }
        catch
        {
            held.ForEach(networks.Release);
            throw;
        }
    }

    /// <summary>Frees what an endpoint held, once nobody can use it any more.</summary>
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
}
