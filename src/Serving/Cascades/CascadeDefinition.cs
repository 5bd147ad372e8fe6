using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;

namespace Endpoints.Serving.Cascades;

/// <summary>What makes an endpoint a cascade: a small network that answers the rows it is sure of, so that the endpoint's own network computes only the rest.</summary>
/// <param name="Checkpoint">Where the small network is cut from. The endpoint's own instance, where both are of one super-network: work on layers that they share is then done once.</param>
/// <param name="SubNetwork">What of <paramref name="Checkpoint"/> the small network is.</param>
/// <param name="Threshold">Least margin, the difference of the two largest class probabilities, at which the small network's answer stands; from 0 to 1.</param>
public sealed record CascadeDefinition(Checkpoint Checkpoint, SubNetwork SubNetwork, double Threshold)
{
    /// <value>What replies call the small network. Default <c>small</c>.</value>
    public string Small { get; init; } = "small";

    /// <value>What replies call the endpoint's own network. Default <c>large</c>.</value>
    public string Large { get; init; } = "large";

    /// <value>What the small network runs in, as <see cref="Options.EndpointOptions.Precision"/> has it. Default null: as the endpoint.</value>
    public string? Precision { get; init; }

    /// <value>T of the small network's softmax, for margins and scores alike. Default null: as its checkpoint is calibrated, else 1.</value>
    public double? Temperature { get; init; }

    /// <value>What the threshold was chosen for. Default null: nobody measured it.</value>
    public CascadePromise? Promise { get; init; }

    /// <summary>A cascade of two other endpoints' networks.</summary>
    /// <exception cref="FormatException">One of them is a cascade itself.</exception>
    public static EndpointDefinition Of(string name, EndpointDefinition small, EndpointDefinition large, double threshold, string? smallPrecision)
    {
        if ((small.Cascade is null ? large.Cascade is null ? null : large : small) is { } cascade)
        {
            throw new FormatException($"{name}: expected a cascade of two networks, and '{cascade.Name}' is a cascade itself.");
        }

        return new EndpointDefinition(name, large.Checkpoint, large.SubNetwork)
        {
            Cascade = new CascadeDefinition(small.Checkpoint, small.SubNetwork, threshold) { Small = small.Name, Large = large.Name, Precision = smallPrecision },
        };
    }
}

/// <summary>What was measured of a cascade, and what is promised.</summary>
public sealed record CascadePromise
{
    /// <value>Largest loss of accuracy against the large network alone, 0 to 1, that the threshold keeps with <see cref="Confidence"/>.</value>
    public required double MaxLoss { get; init; }

    /// <value>Confidence of the one-sided bound, for example 0.95.</value>
    public required double Confidence { get; init; }

    /// <value>The cascade's accuracy, 0 to 1, on the part <see cref="Split"/>.</value>
    public required double Accuracy { get; init; }

    /// <value>The large network's accuracy on the same examples.</value>
    public required double LargeAccuracy { get; init; }

    /// <value>Share of rows, 0 to 1, that the large network computed.</value>
    public required double Escalated { get; init; }

    /// <value>The task.</value>
    public required string Task { get; init; }

    /// <value>The part of the task that <see cref="Accuracy"/> is of.</value>
    public required string Split { get; init; }

    /// <value>What both networks ran in.</value>
    public required Precision MeasuredIn { get; init; }
}
