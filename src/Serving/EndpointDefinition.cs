using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;

namespace Endpoints.Serving;

/// <summary>An endpoint to serve: a name for one sub-network of a super-network that is already loaded on the device.</summary>
/// <param name="Name">As used in URLs and metrics: 1 to 63 letters, digits, <c>.</c>, <c>_</c> or <c>-</c>, starting with a letter or digit.</param>
/// <param name="Checkpoint">Where the network came from: its tokenizer and metadata are used, its weights are not.</param>
/// <param name="Network">The loaded weights. Endpoints with the same instance share them.</param>
/// <param name="SubNetwork">What of <paramref name="Network"/> the endpoint runs.</param>
public sealed record EndpointDefinition(string Name, Checkpoint Checkpoint, ISuperNetwork Network, SubNetwork SubNetwork);
