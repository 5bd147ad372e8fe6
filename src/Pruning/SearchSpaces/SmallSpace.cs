using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;

namespace Endpoints.Pruning.SearchSpaces;

/// <summary>SMALL: the first l layers, and in each of them the first h heads and u units (Structural Pruning of Pre-trained Language Models via NAS, section 3.1).</summary>
/// <remarks>
/// The paper's prose lets heads and units go down to 0; this is the domain of its code: l in 0..L, h in 1..H, u in 1..U, uniform and independent.
/// The smallest point (0, 1, 1) leaves embeddings, pooler and classifier, which is also what the paper calls the lower bound.
/// All points with l = 0 are the same sub-network.
/// </remarks>
internal sealed class SmallSpace(BertConfig superNetwork) : IntegerSpace(superNetwork, DimensionsOf(superNetwork))
{
    public override string Name => "small";

    [ModuleInitializer]
    internal static void Register() => Catalogs.SearchSpaces.Add("small", superNetwork => new SmallSpace(superNetwork));

    /// <summary>The one shape that all layers have.</summary>
    internal static LayerShape ShapeOf(BertConfig superNetwork, string space)
    {
        LayerShape[] shapes = [.. superNetwork.Layers.Distinct()];
        return shapes is [{ Heads: > 0, Units: > 0 } shape] ? shape : throw new ArgumentException(
            $"The search space {space} needs a super-network of equal layers with heads and units; this one has "
            + $"{superNetwork.LayerCount} layers of {shapes.Length} shapes. Search in the super-network that it was cut from.",
            nameof(superNetwork));
    }

    protected override SubNetwork At(ImmutableArray<int> values) => SubNetwork.Small(SuperNetwork, values[0], values[1], values[2]);

    private static ImmutableArray<Dimension> DimensionsOf(BertConfig superNetwork)
    {
        LayerShape shape = ShapeOf(superNetwork, "small");
        return [new("layers", 0, superNetwork.LayerCount), new("heads", 1, shape.Heads), new("units", 1, shape.Units)];
    }
}
