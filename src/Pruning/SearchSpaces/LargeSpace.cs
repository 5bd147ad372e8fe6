using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;

namespace Endpoints.Pruning.SearchSpaces;

/// <summary>LARGE: any heads and any units of each layer, a bit for each: 37,008 in BERT-base (section 3.1 of the paper).</summary>
/// <remarks>Bits go layer by layer, heads before units.</remarks>
internal sealed class LargeSpace(BertConfig superNetwork) : BitSpace(superNetwork, NamesOf(superNetwork))
{
    public override string Name => "large";

    [ModuleInitializer]
    internal static void Register() => Catalogs.SearchSpaces.Add("large", superNetwork => new LargeSpace(superNetwork));

    protected override SubNetwork At(ImmutableArray<int> values)
    {
        var layers = new LayerSelection[SuperNetwork.LayerCount];
        ReadOnlySpan<int> rest = values.AsSpan();
        for (int i = 0; i < layers.Length; i++)
        {
            (int heads, int units) = SuperNetwork.Layers[i];
            layers[i] = new LayerSelection(KeptOf(rest[..heads]), KeptOf(rest.Slice(heads, units)));
            rest = rest[(heads + units)..];
        }

        return SubNetwork.Large(SuperNetwork, layers);
    }

    private static Kept KeptOf(ReadOnlySpan<int> bits)
    {
        bool[] mask = new bool[bits.Length];
        for (int i = 0; i < bits.Length; i++)
        {
            mask[i] = bits[i] != 0;
        }

        return Kept.FromMask(mask);
    }

    private static IEnumerable<string> NamesOf(BertConfig superNetwork) => superNetwork.Layers.SelectMany((shape, layer) =>
        Enumerable.Range(0, shape.Heads).Select(head => $"layer {layer} head {head}")
            .Concat(Enumerable.Range(0, shape.Units).Select(unit => $"layer {layer} unit {unit}")));
}
