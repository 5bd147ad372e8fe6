using System.Text.Json;
using Endpoints.Bert;
using Endpoints.Bert.Tokenization;
using Endpoints.Compute;
using Endpoints.Serving.Admission;
using Endpoints.Serving.Batching;
using Endpoints.Serving.Cascades;
using Endpoints.Serving.Metrics;
using Endpoints.Serving.Options;

namespace Endpoints.Serving.Catalog;

/// <summary>An endpoint while it is served: what it computes, the queue that it uses, its load and its metrics.</summary>
internal sealed class ServedEndpoint
{
    private readonly Occupancy _occupancy = new();

    public ServedEndpoint(
        EndpointDefinition definition, NetworkQueue queue, EndpointOptions options, ServingMetrics metrics, bool isDefault, int version = 1)
    {
        Definition = definition;
        Queue = queue;
        ISuperNetwork network = queue.Network;
        IsDefault = isDefault;
        Version = version;
        Options = options;
        Tokenizer = definition.Checkpoint.Tokenizer;
        ProblemType = network.Config.ProblemType;
        VocabularySize = network.Config.VocabularySize;
        TypeVocabularySize = network.Config.TypeVocabularySize;
        Precision = network.Precision;
        EncodedName = JsonEncodedText.Encode(Name);
        EncodedLabels = [.. network.Config.Labels.Select(label => JsonEncodedText.Encode(label))];
        Load = new EndpointLoad(queue.Load);
        Temperature = EndpointDescription.MetadataOf(definition.Checkpoint, definition.SubNetwork)?.Temperature ?? 1;
        Description = EndpointDescription.Of(definition, network, isDefault, MaxLength, options, Cascade) with { Version = version };
        Metrics = new EndpointMetrics(metrics, Name, version, isCascade: Cascade is not null);
        Owner = new RowOwner(Load, Metrics);
    }

    public EndpointDefinition Definition { get; }

    /// <summary>What lanes know of it; others may use it too.</summary>
    public NetworkQueue Queue { get; }

    public ISuperNetwork Network => Queue.Network;

    /// <summary>The smaller network that is asked first; null where there is none.</summary>
    public ServedCascade? Cascade => Queue.Cascade;

    public string Name => Definition.Name;

    public bool IsDefault { get; }

    /// <summary>1 at the start of the server, and one more with each replacement of this name.</summary>
    public int Version { get; }

    public EndpointOptions Options { get; }

    /// <summary>Options by name that the client gave who added it; they win over the configuration.</summary>
    public IReadOnlyDictionary<string, string?> OwnSettings { get; init; } = new Dictionary<string, string?>();

    public ITokenizer Tokenizer { get; }

    public ProblemType ProblemType { get; }

    public int VocabularySize { get; }

    public int TypeVocabularySize { get; }

    public Precision Precision { get; }

    public int LabelCount => Queue.Classifiers[0].LabelCount;

    /// <summary>Longest input in tokens: what the model, the batch limit and the options all allow.</summary>
    public int MaxLength => Queue.MaxLength;

    public JsonEncodedText EncodedName { get; }

    /// <summary>In logit order.</summary>
    public JsonEncodedText[] EncodedLabels { get; }

    /// <summary>Divides the network's logits before they become scores; 1 where it is not calibrated.</summary>
    public double Temperature { get; }

    /// <summary>What is inside of its own.</summary>
    public EndpointLoad Load { get; }

    public CostModel Cost => Queue.Cost;

    public EndpointMetrics Metrics { get; }

    /// <summary>As what its rows are counted.</summary>
    public RowOwner Owner { get; }

    public EndpointDescription Description { get; }

    /// <summary>What it is and how it stands now, in a server of this state.</summary>
    public EndpointDescription Describe(string state)
    {
        IReadOnlyList<string> others = Queue.Terms.NamesBeside(Name);
        return Description with { State = state, SharesQueueWith = others.Count > 0 ? others : null };
    }

    /// <summary>Completes when it was retired and no request is inside.</summary>
    public Task Emptied => _occupancy.Emptied;

    /// <summary>Divides a row's logits before they become scores: that of the network that answered it.</summary>
    public double TemperatureOf(PendingRequest request, int row) => Cascade is { } cascade && !request.IsEscalated(row) ? cascade.Temperature : Temperature;

    /// <summary>Keeps it whole until <see cref="Leave"/>.</summary>
    /// <returns>False when it was retired.</returns>
    public bool TryEnter() => _occupancy.TryEnter();

    public void Leave() => _occupancy.Leave();

    /// <summary>Lets nobody enter any more. Called once.</summary>
    public void Retire() => _occupancy.Leave();
}
