using System.Runtime.CompilerServices;
using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;

namespace Endpoints.Pruning.Objectives;

/// <summary>
/// Megabytes (10⁶ bytes) that the extracted sub-network takes while it runs batches of 2,048 tokens, the server's default: its weights in the precision of the search, and the
/// activations that a lane keeps.
/// </summary>
internal sealed class MemoryObjective(BertConfig superNetwork, Precision precision) : IExactObjective
{
    private const int BatchTokens = 2048;

    public string Name => "memory";

    public string Unit => "MB";

    [ModuleInitializer]
    internal static void Register() => Catalogs.Objectives.Add("memory", context => new MemoryObjective(context.SuperNetwork.Config, context.SuperNetwork.Precision));

    public double ValueOf(SubNetwork subNetwork) =>
        (MemoryEstimate.WeightBytes(superNetwork, subNetwork, precision) + MemoryEstimate.WorkspaceBytes(superNetwork, subNetwork, precision, BatchTokens)) / 1e6;
}
