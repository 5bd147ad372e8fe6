using System.Text.Json.Serialization;
using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;

namespace Endpoints.Serving.Cascades;

/// <summary>What <c>GET /endpoints</c> says of a cascade beside what it says of every endpoint.</summary>
/// <param name="Small">The network that is asked first.</param>
/// <param name="Large">The network that answers what the small one is not sure of.</param>
/// <param name="Threshold">Least margin at which the small one's answer stands.</param>
/// <param name="Temperature">T of the small one's softmax.</param>
/// <param name="SharesWeights">True where both are of one super-network in memory.</param>
/// <param name="SharedLayers">Layers of the small one's work that the large one continues.</param>
/// <param name="Promise">What the threshold was chosen for; null where nobody measured it.</param>
internal sealed record CascadeDescription(
    CascadeMember Small, CascadeMember Large, double Threshold, double Temperature, bool SharesWeights, int SharedLayers, PromiseDescription? Promise)
{
    public static CascadeDescription Of(EndpointDefinition endpoint, ISuperNetwork largeNetwork, ServedCascade cascade)
    {
        CascadeDefinition definition = cascade.Definition;
        return new(
            new CascadeMember(definition.Small, definition.SubNetwork.ToString(), cascade.Network.Precision, ParameterCount.Sliced(cascade.Network.Config, definition.SubNetwork)),
            new CascadeMember(definition.Large, endpoint.SubNetwork.ToString(), largeNetwork.Precision, ParameterCount.Sliced(largeNetwork.Config, endpoint.SubNetwork)),
            definition.Threshold,
            cascade.Temperature,
            ReferenceEquals(cascade.Network, largeNetwork),
            cascade.Classifiers[0].Pair.SharedLayers,
            definition.Promise is { } promise ? new(promise.MaxLoss, promise.Confidence, promise.LargeAccuracy, promise.Escalated) : null);
    }
}

/// <summary>One of a cascade's networks.</summary>
/// <param name="Name">What replies call it.</param>
/// <param name="SubNetwork">Its text form, relative to its checkpoint.</param>
/// <param name="Precision">What its products run in.</param>
/// <param name="Parameters">Parameters that it keeps.</param>
internal sealed record CascadeMember(string Name, string SubNetwork, [property: JsonConverter(typeof(PrecisionJsonConverter))] Precision Precision, long Parameters);

/// <summary>What a cascade's threshold was chosen for.</summary>
/// <param name="MaxLoss">Largest loss of accuracy against the large network alone.</param>
/// <param name="Confidence">Of the one-sided bound.</param>
/// <param name="LargeAccuracy">The large network's accuracy where the cascade's was measured.</param>
/// <param name="Escalated">Share of rows that the large network computed there.</param>
internal sealed record PromiseDescription(double MaxLoss, double Confidence, double LargeAccuracy, double Escalated);
