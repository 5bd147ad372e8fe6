using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;

namespace Endpoints.Pruning.SearchSpaces;

/// <summary>MEDIUM: in each layer the first h and u of its heads and units, numbers of its own for every layer (section 3.1 of the paper).</summary>
/// <remarks>Drawn uniformly in every dimension, whose sum hardly varies: nine of ten points keep 53 to 69 % of BERT-base's parameters.</remarks>
internal sealed class MediumSpace(BertConfig superNetwork) : IntegerSpace(superNetwork, DimensionsOf(superNetwork))
{
    public override string Name => "medium";

    [ModuleInitializer]
    internal static void Register() => Catalogs.SearchSpaces.Add("medium", superNetwork => new MediumSpace(superNetwork));

    protected override SubNetwork At(ImmutableArray<int> values) =>
        SubNetwork.Medium(SuperNetwork, values.AsSpan(0, SuperNetwork.LayerCount), values.AsSpan(SuperNetwork.LayerCount, SuperNetwork.LayerCount));

    private static ImmutableArray<Dimension> DimensionsOf(BertConfig superNetwork) =>
    [
        .. superNetwork.Layers.Select((shape, layer) => new Dimension($"heads {layer}", 0, shape.Heads)),
        .. superNetwork.Layers.Select((shape, layer) => new Dimension($"units {layer}", 0, shape.Units)),
    ];
}
