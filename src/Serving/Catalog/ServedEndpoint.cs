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

/// <summary>An endpoint while it is served: what it computes, its queue, its load and its metrics.</summary>
internal sealed class ServedEndpoint
{
    private readonly Occupancy _occupancy = new();

    public ServedEndpoint(
        EndpointDefinition definition, ISuperNetwork network, EndpointOptions options, int lanes, ServingMetrics metrics, bool isDefault, TimeProvider time,
        ServedCascade? cascade = null)
    {
        Definition = definition;
        Network = network;
        IsDefault = isDefault;
        Options = options;
        Tokenizer = definition.Checkpoint.Tokenizer;
        ProblemType = network.Config.ProblemType;
        VocabularySize = network.Config.VocabularySize;
        TypeVocabularySize = network.Config.TypeVocabularySize;
        Precision = network.Precision;
        Cascade = cascade;
        Classifiers = cascade is not null
            ? [.. cascade.Classifiers]
            : [.. Enumerable.Range(0, lanes).Select(lane => network.CreateClassifier(definition.SubNetwork, lane))];
        Cost = new CostModel(cascade is null ? CostModel.UsualSurprise : CostModel.CascadeSurprise);

        MaxLength = Math.Min(Math.Min(Classifiers[0].MaxSequenceLength, options.MaxBatchTokens), options.MaxLength ?? int.MaxValue);
        EncodedName = JsonEncodedText.Encode(Name);
        EncodedLabels = [.. network.Config.Labels.Select(label => JsonEncodedText.Encode(label))];
        Batcher = new Batcher(options, Load, Cost, time);
        Share = new Share(options.Weight);
        Temperature = EndpointDescription.MetadataOf(definition.Checkpoint, definition.SubNetwork)?.Temperature ?? 1;
        Description = EndpointDescription.Of(definition, network, isDefault, MaxLength, options, cascade);
        Metrics = new EndpointMetrics(metrics, Name, isCascade: cascade is not null);
    }

    public EndpointDefinition Definition { get; }

    public ISuperNetwork Network { get; }

    /// <summary>The smaller network that is asked first; null where there is none.</summary>
    public ServedCascade? Cascade { get; }

    public string Name => Definition.Name;

    public bool IsDefault { get; }

    public EndpointOptions Options { get; }

    public ITokenizer Tokenizer { get; }

    public ProblemType ProblemType { get; }

    public int VocabularySize { get; }

    public int TypeVocabularySize { get; }

    public Precision Precision { get; }

    /// <summary>One for each lane.</summary>
    public IClassifier[] Classifiers { get; }

    public int LabelCount => Classifiers[0].LabelCount;

    /// <summary>Longest input in tokens: what the model, the batch limit and the options all allow.</summary>
    public int MaxLength { get; }

    public JsonEncodedText EncodedName { get; }

    /// <summary>In logit order.</summary>
    public JsonEncodedText[] EncodedLabels { get; }

    /// <summary>Divides the network's logits before they become scores; 1 where it is not calibrated.</summary>
    public double Temperature { get; }

    public EndpointLoad Load { get; } = new();

    public CostModel Cost { get; }

    public Share Share { get; }

    public Batcher Batcher { get; }

    public EndpointMetrics Metrics { get; }

    public EndpointDescription Description { get; }

    /// <summary>Completes when it was retired and nobody uses it any more, request or lane.</summary>
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
