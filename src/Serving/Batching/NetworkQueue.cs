using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Serving.Admission;
using Endpoints.Serving.Cascades;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Options;

namespace Endpoints.Serving.Batching;

/// <summary>
/// A sub-network as the lanes see it: its classifiers, what waits for it, what it costs and its share of the lanes. Endpoints that run the same sub-network
/// of the same loaded network, with the same limits on batches, use one together, so that their rows form common batches.
/// </summary>
internal sealed class NetworkQueue
{
    private readonly Occupancy _occupancy = new();
    private readonly BatchSettings _settings;

    /// <param name="network">What it is cut from.</param>
    /// <param name="subNetwork">What of it to run.</param>
    /// <param name="name">Its first user's name.</param>
    /// <param name="options">Its first user's options.</param>
    /// <param name="lanes">How many classifiers it needs.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cascade">The smaller network that is asked first; null for none.</param>
    public NetworkQueue(ISuperNetwork network, SubNetwork subNetwork, string name, EndpointOptions options, int lanes, TimeProvider time, ServedCascade? cascade = null)
    {
        (Network, SubNetwork, Cascade, _settings) = (network, subNetwork, cascade, BatchSettings.Of(options));
        Classifiers = cascade is not null
            ? [.. cascade.Classifiers]
            : [.. Enumerable.Range(0, lanes).Select(lane => network.CreateClassifier(subNetwork, lane))];
        Cost = new CostModel(cascade is null ? CostModel.UsualSurprise : CostModel.CascadeSurprise);
        MaxLength = Math.Min(Math.Min(Classifiers[0].MaxSequenceLength, options.MaxBatchTokens), options.MaxLength ?? int.MaxValue);
        Terms = QueueTerms.Of(name, options);
        Batcher = new Batcher(Terms, Load, Cost, time);
        Returns = new ReturnSchedule(time);
        Share = new Share(Terms);
    }

    public ISuperNetwork Network { get; }

    public SubNetwork SubNetwork { get; }

    /// <summary>The smaller network that is asked first; null where there is none.</summary>
    public ServedCascade? Cascade { get; }

    /// <summary>One for each lane.</summary>
    public IClassifier[] Classifiers { get; }

    /// <summary>Longest input in tokens: what the model, the batch limit and the options all allow.</summary>
    public int MaxLength { get; }

    /// <summary>What its users ask of it.</summary>
    public QueueTerms Terms { get; }

    /// <summary>What is inside, whosever it is.</summary>
    public EndpointLoad Load { get; } = new();

    /// <summary>When those who were turned away come back.</summary>
    public ReturnSchedule Returns { get; }

    public CostModel Cost { get; }

    public Share Share { get; }

    public Batcher Batcher { get; }

    /// <summary>True when every lane has been warmed up for it.</summary>
    public bool IsWarm { get; set; }

    /// <summary>Completes when it was retired and no lane is inside.</summary>
    public Task Emptied => _occupancy.Emptied;

    /// <summary>Whether an endpoint with these options that runs a sub-network can use it.</summary>
    public bool Suits(ISuperNetwork network, SubNetwork subNetwork, EndpointOptions options) =>
        Cascade is null && Network == network && SubNetwork.Equals(subNetwork) && _settings == BatchSettings.Of(options)
        && Terms.MaxBatchRows == options.MaxBatchRows && Terms.MaxBatchDuration == options.MaxBatchDuration;

    /// <summary>Keeps its classifiers usable until <see cref="Leave"/>.</summary>
    /// <returns>False when it was retired.</returns>
    public bool TryEnter() => _occupancy.TryEnter();

    public void Leave() => _occupancy.Leave();

    /// <summary>Nobody uses it any more. Called once.</summary>
    public void Retire() => _occupancy.Leave();

    /// <summary>The options that must be alike for a queue to be shared. Those of them that a reload changes are compared as they are now.</summary>
    private readonly record struct BatchSettings(int MaxBatchTokens, int? MaxLength)
    {
        public static BatchSettings Of(EndpointOptions options) => new(options.MaxBatchTokens, options.MaxLength);
    }
}
