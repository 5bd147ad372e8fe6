using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Serving.Cascades;

namespace Endpoints.Serving;

/// <summary>An endpoint to serve: a name for one sub-network of a checkpoint. What precision it runs in is configured (<see cref="Options.EndpointOptions.Precision"/>).</summary>
/// <param name="Name">As used in URLs and metrics: 1 to 63 letters, digits, <c>.</c>, <c>_</c> or <c>-</c>, starting with a letter or digit.</param>
/// <param name="Checkpoint">The super-network. Endpoints of the same instance and precision share its loaded weights.</param>
/// <param name="SubNetwork">What of <paramref name="Checkpoint"/> the endpoint runs.</param>
public sealed record EndpointDefinition(string Name, Checkpoint Checkpoint, SubNetwork SubNetwork)
{
    /// <value>A smaller network that is asked first. Default null: the endpoint's own network answers every row.</value>
    public CascadeDefinition? Cascade { get; init; }
}
