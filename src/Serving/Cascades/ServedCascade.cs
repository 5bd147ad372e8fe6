using System.Text.Json;
using Endpoints.Bert;
using Endpoints.Bert.Cascades;
using Endpoints.Serving.Batching;
using Endpoints.Serving.Catalog;

namespace Endpoints.Serving.Cascades;

/// <summary>The small network of a cascade while it is served, and how the two work together.</summary>
internal sealed class ServedCascade
{
    /// <summary>Where nobody measured how many rows the small network is unsure of, all are expected to be until batches say otherwise: promises are kept.</summary>
    private const double UnknownShare = 1;

    private readonly JsonEncodedText _small;
    private readonly JsonEncodedText _large;

    public ServedCascade(EndpointDefinition endpoint, ISuperNetwork network, ISuperNetwork largeNetwork, int lanes)
    {
        CascadeDefinition definition = endpoint.Cascade!;
        (Definition, Network) = (definition, network);
        Temperature = TemperatureOf(definition);
        ExpectedShare = definition.Promise?.Escalated ?? UnknownShare;
        Classifiers = [.. Enumerable.Range(0, lanes).Select(lane => new CascadeClassifier(
            ClassifierPairs.Create(network, definition.SubNetwork, largeNetwork, endpoint.SubNetwork, lane), definition.Threshold, Temperature))];
        (_small, _large) = (JsonEncodedText.Encode(definition.Small), JsonEncodedText.Encode(definition.Large));
    }

    public CascadeDefinition Definition { get; }

    /// <summary>The small one's.</summary>
    public ISuperNetwork Network { get; }

    /// <summary>One for each lane.</summary>
    public CascadeClassifier[] Classifiers { get; }

    /// <summary>Of the small network.</summary>
    public double Temperature { get; }

    /// <summary>Share of rows that are expected to be computed by both networks.</summary>
    public double ExpectedShare { get; }

    /// <summary>What the network that answered a row is called.</summary>
    public JsonEncodedText EncodedNameOf(PendingRequest request, int row) => request.IsEscalated(row) ? _large : _small;

    /// <summary>T of the small network's softmax.</summary>
    public static double TemperatureOf(CascadeDefinition definition) =>
        definition.Temperature ?? EndpointDescription.MetadataOf(definition.Checkpoint, definition.SubNetwork)?.Temperature ?? 1;
}
