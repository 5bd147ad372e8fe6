using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;

namespace Endpoints.Pruning.SearchSpaces;

/// <summary>LAYER: each layer is kept whole or dropped, a bit a layer (section 3.1 of the paper).</summary>
internal sealed class LayerSpace(BertConfig superNetwork)
    : BitSpace(superNetwork, Enumerable.Range(0, superNetwork.LayerCount).Select(layer => $"layer {layer}"))
{
    public override string Name => "layer";

    [ModuleInitializer]
    internal static void Register() => Catalogs.SearchSpaces.Add("layer", superNetwork => new LayerSpace(superNetwork));

    protected override SubNetwork At(ImmutableArray<int> values) => SubNetwork.Layer(SuperNetwork, [.. values.Select(bit => bit != 0)]);
}
