using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;

namespace Endpoints.Pruning.Cascades;

/// <summary>One of a cascade's two networks.</summary>
/// <param name="Checkpoint">Where it is cut from. Work on shared layers is done once where both members have the same instance.</param>
/// <param name="SubNetwork">What of it.</param>
public sealed record CascadeMember(Checkpoint Checkpoint, SubNetwork SubNetwork);
