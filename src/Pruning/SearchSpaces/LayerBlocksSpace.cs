using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;

namespace Endpoints.Pruning.SearchSpaces;

/// <summary>
/// LAYER with the two blocks of a layer apart: attention and feed-forward block of each layer are kept whole or dropped, two bits a layer. The paper's
/// prose describes LAYER so; its experiments have one bit a layer, which is <see cref="LayerSpace"/>.
/// </summary>
internal sealed class LayerBlocksSpace(BertConfig superNetwork)
    : BitSpace(superNetwork, Enumerable.Range(0, superNetwork.LayerCount).SelectMany(layer => new[] { $"attention {layer}", $"feed-forward {layer}" }))
{
    public override string Name => "layer-blocks";

    [ModuleInitializer]
    internal static void Register() => Catalogs.SearchSpaces.Add("layer-blocks", superNetwork => new LayerBlocksSpace(superNetwork));

    protected override SubNetwork At(ImmutableArray<int> values) => SubNetwork.Medium(
        SuperNetwork,
        [.. SuperNetwork.Layers.Select((shape, layer) => values[2 * layer] * shape.Heads)],
        [.. SuperNetwork.Layers.Select((shape, layer) => values[(2 * layer) + 1] * shape.Units)]);
}
